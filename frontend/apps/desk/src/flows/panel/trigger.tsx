import { Select } from "@wasl/ui";
import type { Draft } from "../use-draft.ts";
import { useFlowLanguage } from "../use-language.ts";
import type { Words } from "../words.ts";
import { CheckedField } from "./checked-field.tsx";
import { SpanField } from "./span-field.tsx";

const NONE = "-";
interface Trigger {
  on: string;
  filter?: string;
  after_s?: number | null;
}

/** What starts the flow by itself: an automation. Without one, channels and other flows do. */
export function TriggerFields({ draft, words }: { draft: Draft; words: Words }) {
  const { t, maybe } = words;
  const { definition, edit } = draft;
  const events = useFlowLanguage().partValues("Trigger", "on");
  if (!events) return null;
  const trigger = (definition.trigger ?? null) as Trigger | null;
  const put = (next: Trigger | null) => edit((was) => ({ ...was, trigger: next }), "trigger");
  return (
    <fieldset className="grid min-w-0 gap-3">
      <legend className="mb-1.5 text-[13px] font-semibold">{t("flows.trigger")}</legend>
      <Select
        label={t("flows.trigger.on")}
        description={t("flows.trigger.about")}
        items={[
          { id: NONE, label: t("flows.trigger.none") },
          ...events.map((id) => ({ id, label: maybe(`flows.trigger.on.${id}`, id) })),
        ]}
        value={trigger?.on ?? NONE}
        onChange={(on) => put(on === NONE ? null : { ...trigger, on })}
      />
      {trigger && (
        <>
          <CheckedField
            label={t("flows.trigger.filter")}
            description={t("flows.filter_about")}
            value={trigger.filter ?? ""}
            fits={() => true}
            wrong=""
            maxLength={1000}
            change={(filter) => put({ ...trigger, filter })}
          />
          <SpanField
            label={t("flows.trigger.after")}
            value={trigger.after_s ?? null}
            optional
            words={words}
            change={(after_s) => put({ ...trigger, after_s })}
          />
        </>
      )}
    </fieldset>
  );
}
