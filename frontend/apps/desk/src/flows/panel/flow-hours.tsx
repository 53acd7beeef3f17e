import { useLocale } from "@wasl/i18n";
import { useEffect, useRef, useState } from "react";
import { WEEK_BEGINS, Week } from "../../settings/queues/rules/hours.tsx";
import { hoursDraft, hoursOf } from "../../settings/queues/rules/opening.ts";
import type { Step } from "../model/definition.ts";
import type { Words } from "../words.ts";
import { CheckedField } from "./checked-field.tsx";
import { WordsField } from "./pairs.tsx";

type Weekly = [string, string][][];
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const spans = (weekly: Weekly) => hoursDraft({ zone: "", weekly, holidays: [] }).weekly;

/** When it is open: a time zone, the week and days off. */
export function FlowHours(props: { step: Step; words: Words; change: (step: Step) => void }) {
  const { step, words, change } = props;
  const { language } = useLocale();
  const weekly = (step.weekly ?? []) as Weekly;
  const [week, setWeek] = useState(() => spans(weekly));
  const written = useRef(JSON.stringify(weekly));
  useEffect(() => {
    const now = JSON.stringify(weekly);
    if (now === written.current) return;
    written.current = now;
    setWeek(spans(weekly));
  }, [weekly]);
  return (
    <>
      <CheckedField
        label={words.t("flows.field.zone")}
        value={String(step.zone ?? "")}
        fits={(text) => text !== ""}
        wrong={words.t("flows.needed")}
        maxLength={64}
        change={(zone) => change({ ...step, zone })}
      />
      <div>
        <h3 className="mb-1.5 text-[13px] font-semibold">{words.t("flows.field.weekly")}</h3>
        <Week
          weekly={week}
          begins={WEEK_BEGINS[language]}
          change={(next) => {
            setWeek(next);
            const kept = hoursOf({ zone: "", weekly: next, holidays: [] }).weekly;
            written.current = JSON.stringify(kept);
            change({ ...step, weekly: kept });
          }}
        />
      </div>
      <WordsField
        label={words.t("flows.field.holidays")}
        description={words.t("flows.holidays_about")}
        value={(step.holidays ?? []) as string[]}
        fits={(text) => DAY.test(text)}
        words={words}
        change={(holidays) => change({ ...step, holidays })}
      />
    </>
  );
}
