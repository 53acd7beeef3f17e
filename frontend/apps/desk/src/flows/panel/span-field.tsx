import { Select } from "@wasl/ui";
import { useState } from "react";
import { NumberField } from "../../settings/parts.tsx";
import type { Words } from "../words.ts";

const UNITS = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };
type Unit = keyof typeof UNITS;
const ALL = Object.keys(UNITS) as Unit[];
const LONGEST_S = 30 * 86_400;

const unitOf = (seconds: number): Unit =>
  ALL.findLast((unit) => seconds % UNITS[unit] === 0) ?? "seconds";

/** A length of time, kept in seconds. */
export function SpanField(props: {
  label: string;
  description?: string;
  value: number | null;
  optional: boolean;
  words: Words;
  change: (seconds: number | null) => void;
}) {
  const { value, words, change } = props;
  const [unit, setUnit] = useState<Unit>(() => unitOf(value ?? 3_600));
  const to = (count: number | null, of: Unit) =>
    count === null
      ? props.optional && change(null)
      : change(Math.min(Math.max(1, Math.round(count * UNITS[of])), LONGEST_S));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_8rem] items-start gap-2">
      <NumberField
        label={props.label}
        description={props.description}
        value={value === null ? null : value / UNITS[unit]}
        min={0}
        decimals={2}
        onChange={(count) => to(count, unit)}
      />
      <Select
        label={words.t("flows.unit")}
        items={ALL.map((id) => ({ id, label: words.t(`flows.unit.${id}`) }))}
        value={unit}
        onChange={(id) => {
          setUnit(id as Unit);
          if (value !== null) to(value / UNITS[unit], id as Unit);
        }}
      />
    </div>
  );
}
