import { useFormat, useT } from "@wasl/i18n";
import { Button, Checkbox, IconButton, Select, TextField } from "@wasl/ui";
import { Plus, X } from "lucide-react";
import { useLanguageName } from "../../../why.ts";
import { NumberField } from "../../parts.tsx";
import { LANGUAGE_CODES, LEVELS } from "../skills.tsx";
import { newPart, newStep, type Part, type PartKind, type StepDraft } from "./requirement.ts";

const KINDS: PartKind[] = ["skill", "language", "contact_is", "contact_least"];
const MOST_STEPS = 6;

/** What is asked of an agent, and how that is relaxed while somebody waits. */
export function Steps(props: { steps: StepDraft[]; change: (steps: StepDraft[]) => void }) {
  const t = useT();
  const { steps, change } = props;
  return (
    <fieldset className="min-w-0">
      <legend className="text-[13px] font-medium">{t("settings.rule.steps")}</legend>
      <p className="mb-2 text-xs text-ink-2">{t("settings.rule.steps_help")}</p>
      <ol className="flex flex-col gap-2">
        {steps.map((step, index) => (
          <li key={step.id}>
            <StepFields
              step={step}
              n={index + 1}
              change={(next) => change(steps.map((each) => (each === step ? next : each)))}
              remove={() => change(steps.filter((each) => each !== step))}
            />
          </li>
        ))}
      </ol>
      {steps.at(-1)?.expires_after_s !== null && (
        <p className="my-2 text-[13px] text-ink-2">
          {t(steps.length ? "settings.rule.then_anyone" : "settings.rule.anyone")}
        </p>
      )}
      {steps.length < MOST_STEPS && (
        <Button icon={Plus} className="mt-2" onPress={() => change([...steps, newStep()])}>
          {t("settings.rule.add_step")}
        </Button>
      )}
    </fieldset>
  );
}

function StepFields(props: {
  step: StepDraft;
  n: number;
  change: (step: StepDraft) => void;
  remove: () => void;
}) {
  const t = useT();
  const { step, n, change, remove } = props;
  const { parts } = step;
  return (
    <fieldset className="min-w-0 rounded-xl border border-line bg-raised p-3">
      <legend className="sr-only">{t("settings.rule.step", { n })}</legend>
      <div className="mb-2 flex items-center gap-2">
        <span aria-hidden="true" className="grow text-[13px] font-semibold">
          {t("settings.rule.step", { n })}
        </span>
        <IconButton
          icon={X}
          size="sm"
          label={t("settings.rule.remove_step", { n })}
          onPress={remove}
        />
      </div>
      {parts ? (
        <>
          <Select
            label={t("settings.rule.join")}
            items={(["all", "any"] as const).map((id) => ({
              id,
              label: t(`settings.rule.join_${id}`),
            }))}
            value={step.join}
            onChange={(join) => change({ ...step, join: join === "any" ? "any" : "all" })}
          />
          <ul className="my-2 flex flex-col gap-2">
            {parts.map((part, index) => (
              <li key={part.id}>
                <PartFields
                  part={part}
                  n={index + 1}
                  change={(next) =>
                    change({ ...step, parts: parts.map((each) => (each === part ? next : each)) })
                  }
                  remove={() => change({ ...step, parts: parts.filter((each) => each !== part) })}
                />
              </li>
            ))}
          </ul>
          <Button
            size="sm"
            icon={Plus}
            onPress={() => change({ ...step, parts: [...parts, newPart()] })}
          >
            {t("settings.rule.add_part")}
          </Button>
        </>
      ) : (
        <>
          <p className="text-xs text-ink-2">{t("settings.rule.elsewhere")}</p>
          <pre dir="ltr" className="mt-1 text-xs wrap-anywhere whitespace-pre-wrap">
            {JSON.stringify(step.kept)}
          </pre>
        </>
      )}
      <NumberField
        label={t("settings.rule.lasts")}
        description={t("settings.rule.lasts_help")}
        unit={t("settings.unit.seconds")}
        value={step.expires_after_s}
        onChange={(expires_after_s) => change({ ...step, expires_after_s })}
        min={1}
        className="mt-3"
      />
    </fieldset>
  );
}

function PartFields(props: {
  part: Part;
  n: number;
  change: (part: Part) => void;
  remove: () => void;
}) {
  const t = useT();
  const format = useFormat();
  const languageName = useLanguageName();
  const { part, n, change, remove } = props;
  const set = (some: Partial<Part>) => change({ ...part, ...some });
  const leveled = part.kind === "skill" || part.kind === "language";
  return (
    <fieldset className="min-w-0 rounded-lg border border-line bg-surface p-2.5">
      <legend className="sr-only">{t("settings.rule.part", { n })}</legend>
      <div className="grid grid-cols-2 gap-2">
        <Select
          label={t("settings.rule.kind")}
          items={KINDS.map((id) => ({ id, label: t(`settings.rule.part_${id}`) }))}
          value={part.kind}
          onChange={(kind) =>
            set({ kind: kind as PartKind, name: kind === "language" ? "fa" : "", value: "" })
          }
          className="col-span-2"
        />
        {part.kind === "language" ? (
          <Select
            label={t("settings.skill.language")}
            items={[...new Set([...LANGUAGE_CODES, part.name])].map((id) => ({
              id,
              label: languageName(id),
            }))}
            value={part.name}
            onChange={(name) => set({ name })}
          />
        ) : (
          <TextField
            label={t("settings.rule.name")}
            value={part.name}
            onChange={(name) => set({ name })}
            maxLength={80}
          />
        )}
        {leveled ? (
          <Select
            label={t("settings.rule.level")}
            items={LEVELS.map((level) => ({ id: String(level), label: format.number(level) }))}
            value={String(part.level)}
            onChange={(level) => set({ level: Number(level) })}
          />
        ) : (
          <TextField
            label={t("settings.rule.value")}
            value={part.value}
            onChange={(value) => set({ value })}
            maxLength={80}
          />
        )}
      </div>
      <div className="mt-2 flex items-center justify-between gap-2">
        <Checkbox isSelected={part.not} onChange={(not) => set({ not })}>
          {t("settings.rule.not")}
        </Checkbox>
        <IconButton
          icon={X}
          size="sm"
          label={t("settings.rule.remove_part", { n })}
          onPress={remove}
        />
      </div>
    </fieldset>
  );
}
