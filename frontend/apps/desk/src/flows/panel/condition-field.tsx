import type { FlowProblem } from "@wasl/api";
import { isolate, ltr } from "@wasl/i18n";
import { Button, Select, TextField } from "@wasl/ui";
import { Code, ListFilter } from "lucide-react";
import { useState } from "react";
import {
  COMPARISONS,
  type Comparison,
  type Condition,
  readCondition,
  writeCondition,
} from "../model/condition.ts";
import type { Words } from "../words.ts";
import { CheckedField } from "./checked-field.tsx";
import { errorAt } from "./errors.ts";

/** A condition: a row to choose and fill in while it is of the simple form, else its text. */
export function ConditionField(props: {
  label: string;
  /** Where problems say that it stands ("case_1"). */
  place: string;
  value: string;
  problems: readonly FlowProblem[];
  words: Words;
  change: (source: string) => void;
}) {
  const { label, value, words, change } = props;
  const { t } = words;
  const [typed, setTyped] = useState(false);
  const condition = typed ? null : readCondition(value);
  const error = errorAt(props.problems, props.place, words);
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1 text-[13px] font-medium">{label}</legend>
      {condition ? (
        <Row {...props} condition={condition} error={error} />
      ) : (
        <CheckedField
          label={label}
          hideLabel
          description={t("flows.kind_about.expression")}
          value={value}
          fits={(text) => text !== ""}
          wrong={t("flows.needed")}
          error={error}
          maxLength={1000}
          change={change}
        />
      )}
      {readCondition(value) && (
        <Button
          kind="ghost"
          size="sm"
          icon={condition ? Code : ListFilter}
          className="justify-self-start"
          onPress={() => setTyped(condition !== null)}
        >
          {t(condition ? "flows.condition.write" : "flows.condition.choose")}
        </Button>
      )}
    </fieldset>
  );
}

function Row(props: {
  label: string;
  condition: Condition;
  error: string | null;
  words: Words;
  change: (source: string) => void;
}) {
  const { condition, words } = props;
  const { t } = words;
  const set = (some: Partial<Condition>) => props.change(writeCondition({ ...condition, ...some }));
  const { values } = words;
  const isKnown = values.some(({ name }) => name === condition.name);
  const missing =
    condition.name === ""
      ? t("flows.condition.always")
      : condition.is !== "known" && condition.is !== "is" && condition.what.trim() === ""
        ? t("flows.needed")
        : null;
  return (
    <div className="grid grid-cols-2 gap-2">
      <Select
        label={t("flows.condition.value")}
        hideLabel
        className="col-span-2 min-w-0"
        placeholder={t("flows.condition.value")}
        items={[
          ...values.map((each) => ({
            id: each.name,
            label: words.valueName(each),
            description: ltr(each.name),
          })),
          ...(condition.name && !isKnown
            ? [{ id: condition.name, label: ltr(condition.name) }]
            : []),
        ]}
        value={condition.name || null}
        onChange={(name) => set({ name })}
      />
      <Select
        label={t("flows.condition.compare")}
        hideLabel
        className="min-w-0"
        items={COMPARISONS.map((id) => ({ id, label: t(`flows.condition.is.${id}`) }))}
        value={condition.is}
        isDisabled={condition.name === ""}
        onChange={(is) => set({ is: is as Comparison })}
      />
      {condition.is !== "known" && (
        <TextField
          label={t("flows.condition.what")}
          hideLabel
          className="min-w-0"
          placeholder={t("flows.condition.what")}
          value={condition.what}
          isDisabled={condition.name === ""}
          maxLength={300}
          onChange={(what) => set({ what })}
        />
      )}
      {(props.error ?? missing) && (
        <p role="status" className="col-span-2 text-xs text-bad">
          {isolate(props.error ?? missing ?? "")}
        </p>
      )}
    </div>
  );
}
