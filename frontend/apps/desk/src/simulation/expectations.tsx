import type { ExpectedDay, SimulatedQueue, SimulationToday, WhatIf } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { cardLook, Select } from "@wasl/ui";
import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { useId } from "react";
import { useNamed } from "../names.ts";
import { NumberField } from "../settings/parts.tsx";

const MOST_A_DAY = 10_000;
const LONGEST_HANDLING_MIN = 1_440;
const LONGEST_PATIENCE_MIN = 10_080;
const SHAPES: ExpectedDay["shape"][] = ["two_humps", "flat"];

/** The expected day of each queue, as it is assumed or as somebody changed it; null with history. */
export function expectedOf(today: SimulationToday, draft: WhatIf): ExpectedDay[] | null {
  if (today.enough || !today.expected) return null;
  return today.expected.map(
    (assumed) => draft.expected?.find(({ queue_id }) => queue_id === assumed.queue_id) ?? assumed,
  );
}

// one line for each queue where there is room; its fields' labels then stand above, once for all
const COLUMNS = "xl:grid-cols-[minmax(0,7fr)_repeat(4,minmax(0,4fr))]";
const LABELS_ABOVE = "xl:[&>:not(:first-child)>:first-child]:sr-only";

/** What is expected in a day before there is any history; each figure can be changed. */
export function Expectations(props: {
  queues: SimulatedQueue[];
  days: ExpectedDay[];
  isOpen: boolean;
  onChange: (days: ExpectedDay[]) => void;
}) {
  const { queues, days, onChange } = props;
  const t = useT();
  const heads = ["queue", "per_day", "shape", "handling", "patience"] as const;
  return (
    <details open={props.isOpen} className={clsx(cardLook, "group/expected min-w-0")}>
      <summary className="flex cursor-default flex-wrap items-center gap-x-2 gap-y-0.5 rounded-xl px-4 py-3 select-none">
        <ChevronRight
          size={16}
          aria-hidden="true"
          className="icon-flip shrink-0 text-ink-2 group-open/expected:rotate-90 rtl:group-open/expected:-rotate-90"
        />
        <h2 className="text-sm font-semibold">{t("simulation.expected")}</h2>
        <span className="text-[13px] text-ink-2">
          {t("simulation.expected_n", { n: days.reduce((n, { per_day }) => n + per_day, 0) })}
        </span>
      </summary>
      <p className="border-b border-line px-4 pb-3 text-[13px] text-ink-2">
        {t("simulation.assumptions")}
      </p>
      <div
        aria-hidden="true"
        className={clsx(
          "grid gap-3 border-b border-line bg-raised px-4 py-1.5 text-xs font-medium text-ink-2 max-xl:hidden",
          COLUMNS,
        )}
      >
        {heads.map((head) => (
          <span key={head}>{t(`simulation.${head}`)}</span>
        ))}
      </div>
      {queues.map((queue) => {
        const day = days.find(({ queue_id }) => queue_id === queue.id);
        return (
          day && (
            <Day
              key={queue.id}
              queue={queue}
              day={day}
              onChange={(changed) => onChange(days.map((one) => (one === day ? changed : one)))}
            />
          )
        );
      })}
    </details>
  );
}

function Day(props: {
  queue: SimulatedQueue;
  day: ExpectedDay;
  onChange: (day: ExpectedDay) => void;
}) {
  const { queue, day, onChange } = props;
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const title = useId();
  const set = (changes: Partial<ExpectedDay>) => onChange({ ...day, ...changes });
  const minutes = (key: "handling_s" | "patience_s", label: string, max: number) => (
    <NumberField
      label={label}
      value={day[key] / 60}
      min={1}
      max={max}
      decimals={1}
      unit={t("simulation.unit_minutes")}
      onChange={(value) => value !== null && set({ [key]: Math.round(value * 60) })}
    />
  );
  return (
    <fieldset
      aria-labelledby={title}
      className={clsx(
        "grid min-w-0 grid-cols-2 gap-3 border-b border-line/70 px-4 py-3 last:border-0 xl:items-center xl:py-2",
        COLUMNS,
        LABELS_ABOVE,
      )}
    >
      <div className="max-xl:col-span-2">
        <h3 id={title} className="text-[13px] font-semibold">
          {named(queue.names)}
        </h3>
        <p className="text-xs text-ink-2">
          {t("simulation.expected_with", {
            n: queue.agents,
            wrap_up: isolate(format.span(queue.wrap_up_s)),
            target: isolate(format.span(queue.target.within_s)),
          })}
        </p>
      </div>
      <NumberField
        label={t("simulation.per_day")}
        value={day.per_day}
        min={0}
        max={MOST_A_DAY}
        onChange={(per_day) => per_day !== null && set({ per_day })}
      />
      <Select
        label={t("simulation.shape")}
        items={SHAPES.map((id) => ({ id, label: t(`simulation.shape_${id}`) }))}
        value={day.shape}
        onChange={(id) => set({ shape: SHAPES.find((shape) => shape === id) ?? day.shape })}
      />
      {minutes("handling_s", t("simulation.handling"), LONGEST_HANDLING_MIN)}
      {minutes("patience_s", t("simulation.patience"), LONGEST_PATIENCE_MIN)}
    </fieldset>
  );
}
