import type { FlowProblem } from "@wasl/api";
import { Select, Switch } from "@wasl/ui";
import { NumberField } from "../../settings/parts.tsx";
import { type Definition, NAME, type Step, type Texts } from "../model/definition.ts";
import type { Field } from "../model/step-types.ts";
import { useFlowLanguage } from "../use-language.ts";
import type { Words } from "../words.ts";
import { CardField } from "./card.tsx";
import { CheckedField } from "./checked-field.tsx";
import { Cases, Entries, Options } from "./elements.tsx";
import { errorAt } from "./errors.ts";
import { FlowHours } from "./flow-hours.tsx";
import { Answers } from "./learning.tsx";
import { PairsField, WordsField } from "./pairs.tsx";
import { RecordValues } from "./record-values.tsx";
import { Reference } from "./reference.tsx";
import { Requirements } from "./requirements.tsx";
import { SpanField } from "./span-field.tsx";
import { TextsField } from "./texts-field.tsx";
import { WaitFields } from "./wait-fields.tsx";

export interface FieldProps {
  field: Field;
  step: Step;
  definition: Definition;
  /** Those of this step. */
  problems: readonly FlowProblem[];
  words: Words;
  change: (step: Step) => void;
}
const NONE = "-";
const LONGEST = { name: 40, expression: 1000, template: 2000, path: 200 };

/** One field of a step, by its kind in the table of types. */
export function StepField(props: FieldProps) {
  const { field, step, definition, words, change } = props;
  const { t, maybe } = words;
  const allowed = useFlowLanguage().values(step.type, field.id);
  const value = step[field.id];
  const put = (next: unknown) => change({ ...step, [field.id]: next });
  const label = maybe(`flows.field.${field.label ?? field.id}`, field.id);
  const about = maybe(`flows.field_about.${step.type}.${field.id}`, "") || undefined;
  const aboutKind = about ?? (maybe(`flows.kind_about.${field.kind}`, "") || undefined);
  switch (field.kind) {
    case "texts":
      return (
        <TextsField
          label={label}
          description={field.id === "again" ? fitting(step, words) : about}
          placeholder={field.id === "again" && isPicky(step) ? t(saidAgain(step)) : undefined}
          value={(value ?? {}) as Texts}
          optional={field.optional}
          rows={field.rows}
          filled={field.id !== "label"}
          definition={definition}
          words={words}
          change={put}
        />
      );
    case "name":
    case "expression":
    case "template":
    case "path":
      return (
        <CheckedField
          label={label}
          description={aboutKind}
          value={(value ?? "") as string}
          maxLength={LONGEST[field.kind]}
          fits={(text) =>
            text === "" ? Boolean(field.optional) : field.kind !== "name" || NAME.test(text)
          }
          wrong={t(field.kind === "name" ? "flows.name_wrong" : "flows.needed")}
          error={errorAt(props.problems, field.id, words)}
          change={(text) => put(text === "" ? null : text)}
        />
      );
    case "choice":
      return (
        <Select
          label={label}
          description={about}
          items={[
            ...(field.optional ? [{ id: NONE, label: maybe(`flows.none.${field.id}`, "–") }] : []),
            ...field.of
              .filter((id) => allowed?.includes(id) ?? true)
              .map((id) => ({ id, label: maybe(`flows.option.${field.id}.${id}`, id) })),
          ]}
          value={
            value === undefined || value === null
              ? field.optional
                ? NONE
                : (field.of[0] ?? null)
              : String(value)
          }
          onChange={(id) => put(id === NONE ? null : id)}
        />
      );
    case "number":
      return (
        <NumberField
          label={label}
          description={about}
          value={(value ?? field.usual ?? null) as number | null}
          min={field.min}
          max={field.max}
          steps
          onChange={(next) => put(next ?? (field.optional ? null : (field.usual ?? field.min)))}
        />
      );
    case "decimal":
      return (
        <NumberField
          label={label}
          value={(value ?? null) as number | null}
          decimals={3}
          onChange={put}
        />
      );
    case "span":
      return (
        <SpanField
          label={label}
          description={about}
          value={(value ?? null) as number | null}
          optional={field.optional ?? false}
          words={words}
          change={put}
        />
      );
    case "switch":
      return (
        <Switch isSelected={Boolean(value ?? field.usual)} onChange={put}>
          {label}
        </Switch>
      );
    case "list":
      return (
        <WordsField
          label={label}
          description={about}
          value={(value ?? []) as string[]}
          fits={(text) => field.of !== "names" || NAME.test(text)}
          words={words}
          change={(next) => (next.length > 0 || field.optional) && put(next)}
        />
      );
    case "pairs":
      return (
        <PairsField
          label={label}
          description={aboutKind}
          value={(value ?? {}) as Record<string, string>}
          of={field.of}
          keys={field.keys}
          words={words}
          change={put}
        />
      );
    case "record_values":
      return (
        <RecordValues
          step={step}
          label={label}
          description={aboutKind}
          words={words}
          change={put}
        />
      );
    case "queue":
    case "agent":
    case "channel":
    case "flow":
    case "calendar":
    case "record_kind":
      return (
        <Reference
          to={field.kind}
          label={label}
          value={(value ?? null) as string | null}
          optional={field.optional ?? false}
          words={words}
          change={put}
        />
      );
    case "entries":
      return <Entries {...props} />;
    case "options":
      return <Options {...props} />;
    case "cases":
      return <Cases {...props} />;
    case "card":
      return <CardField {...props} />;
    case "answers":
      return <Answers {...props} />;
    case "hours":
      return <FlowHours step={step} words={words} change={change} />;
    case "wait":
      return <WaitFields step={step} words={words} change={change} />;
    case "requirements":
      return <Requirements value={(value ?? []) as object[]} change={put} />;
  }
}

const accepted = ({ type, accept }: Step) => (type === "ask" ? String(accept ?? "text") : type);
/** Not everything that is written is an answer. */
const isPicky = (step: Step) => accepted(step) !== "text";
/** What is said where nothing is written. */
const saidAgain = (step: Step) =>
  accepted(step) === "number" && (step.least ?? step.most ?? null) !== null
    ? "flows.again_within"
    : "flows.again_same";
const fitting = (step: Step, { maybe }: Words) =>
  maybe(`flows.again_about.${accepted(step)}`, "") || undefined;
