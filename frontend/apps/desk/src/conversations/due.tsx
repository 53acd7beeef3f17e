import { useFormat, useT } from "@wasl/i18n";
import { Ltr } from "@wasl/ui";
import { clsx } from "clsx";
import { Clock } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useNow } from "../clock.ts";

export type DueLevel = "calm" | "soon" | "missed";

/** Amber from the warning on, red once missed. */
export function dueLevel(dueAt: string, warnAt: string | null, now: number): DueLevel {
  if (now >= Date.parse(dueAt)) return "missed";
  return warnAt && now >= Date.parse(warnAt) ? "soon" : "calm";
}

const LOOK = { calm: "text-ink-2", soon: "text-warn", missed: "text-bad" };

interface Props {
  dueAt: string;
  warnAt: string | null;
  /** In a list row there is room for the clock only. */
  short?: boolean;
  className?: string;
}

/** The reply clock. A change of channel never restarts it. */
export function Due({ dueAt, warnAt, short, className }: Props) {
  const t = useT();
  const format = useFormat();
  const now = useNow("second");
  const level = dueLevel(dueAt, warnAt, now);
  const clock = format.clock((Date.parse(dueAt) - now) / 1000);
  return (
    <span
      className={clsx(
        "flex shrink-0 items-center gap-1 font-medium whitespace-nowrap",
        LOOK[level],
        className,
      )}
    >
      <Clock size={short ? 11 : 12} aria-hidden="true" />
      {level === "missed" ? (
        t(short ? "desk.sla_missed" : "desk.due_missed")
      ) : short ? (
        <Ltr className="num timer">{clock}</Ltr>
      ) : (
        t("desk.due_in", { time: clock })
      )}
    </span>
  );
}

/** Says once, to screen readers, that less than a minute is left. */
export function DueAnnouncer({ dueAt, name }: { dueAt: string | null; name: string }) {
  const t = useT();
  const now = useNow("second");
  const [said, setSaid] = useState("");
  const announced = useRef<string | null>(null);
  const left = dueAt ? Date.parse(dueAt) - now : Number.POSITIVE_INFINITY;
  useEffect(() => {
    if (left > 0 && left < 60_000 && announced.current !== dueAt) {
      announced.current = dueAt;
      setSaid(t("desk.due_soon", { name }));
    }
  }, [left, dueAt, name, t]);
  return (
    <span role="status" className="sr-only">
      {said}
    </span>
  );
}
