import { Select } from "@wasl/ui";
import { useState } from "react";
import type { Step } from "../model/definition.ts";
import { useFlowLanguage } from "../use-language.ts";
import type { Words } from "../words.ts";
import { CheckedField } from "./checked-field.tsx";
import { SpanField } from "./span-field.tsx";

const FOR = ["seconds", "until", "event"] as const;
type For = (typeof FOR)[number];
const USUAL: Record<For, string | number> = {
  seconds: 600,
  until: "later(booking.at, 0 - 86400)",
  event: "ConversationTagged",
};

/** What is waited for: a while, a moment, or an event and how long. */
export function WaitFields(props: { step: Step; words: Words; change: (step: Step) => void }) {
  const { step, words, change } = props;
  const { t, maybe } = words;
  const events = useFlowLanguage().values("wait", "event");
  const [chosen, setChosen] = useState<For>(
    () => FOR.find((each) => step[each] !== undefined && step[each] !== null) ?? "seconds",
  );
  const choose = (next: For) => {
    setChosen(next);
    const { seconds: _s, until: _u, event: _e, filter: _f, within_s: _w, ...rest } = step;
    change({ ...rest, [next]: USUAL[next] } as Step);
  };
  return (
    <>
      <Select
        label={t("flows.wait.for")}
        items={FOR.filter((each) => each !== "event" || events).map((id) => ({
          id,
          label: t(`flows.wait.for.${id}`),
        }))}
        value={chosen}
        onChange={(id) => choose(id as For)}
      />
      {chosen === "seconds" && (
        <SpanField
          label={t("flows.field.seconds")}
          value={(step.seconds ?? null) as number | null}
          optional={false}
          words={words}
          change={(seconds) => change({ ...step, seconds })}
        />
      )}
      {chosen === "until" && (
        <CheckedField
          label={t("flows.field.until")}
          description={t("flows.wait.until_about")}
          value={String(step.until ?? "")}
          fits={(text) => text !== ""}
          wrong={t("flows.needed")}
          maxLength={1000}
          change={(until) => change({ ...step, until })}
        />
      )}
      {chosen === "event" && (
        <>
          <Select
            label={t("flows.field.event")}
            items={(events ?? []).map((id) => ({
              id,
              label: maybe(`flows.trigger.on.${id}`, id),
            }))}
            value={String(step.event ?? "")}
            onChange={(event) => change({ ...step, event })}
          />
          <CheckedField
            label={t("flows.trigger.filter")}
            description={t("flows.filter_about")}
            value={String(step.filter ?? "")}
            fits={() => true}
            wrong=""
            maxLength={1000}
            change={(filter) => change({ ...step, filter })}
          />
          <SpanField
            label={t("flows.field.within_s")}
            value={(step.within_s ?? null) as number | null}
            optional
            words={words}
            change={(within_s) => change({ ...step, within_s })}
          />
        </>
      )}
    </>
  );
}
