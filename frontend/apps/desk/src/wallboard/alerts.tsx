import { Link } from "@tanstack/react-router";
import type { FloorAgent, QueueBoard } from "@wasl/api";
import { isolate, ltr, useFormat, useT } from "@wasl/i18n";
import { cardLook, Pill } from "@wasl/ui";
import { clsx } from "clsx";
import {
  CircleCheck,
  FilePenLine,
  type LucideIcon,
  Timer,
  TimerOff,
  TrendingDown,
  TriangleAlert,
  UserMinus,
  UserSearch,
  UserX,
} from "lucide-react";
import { useMemo } from "react";
import { Button } from "react-aria-components";
import { useNamed } from "../names.ts";
import { useNeeded } from "../why.ts";
import { type Alert, alertsOf, levelOf, type Staff, waitOf } from "./figures.ts";
import { usePercent, useWallNow } from "./live.tsx";

const ICONS: Record<Alert["kind"], LucideIcon> = {
  wait_over: TimerOff,
  wait_near: Timer,
  nobody: UserX,
  abandon: UserMinus,
  level: TrendingDown,
  wrap_up: FilePenLine,
  unmet: UserSearch,
};
const LOOKS = { bad: "bg-bad-soft text-bad", warn: "bg-warn-soft text-warn" };
const OPENS = "min-h-6 rounded-sm text-xs font-medium text-accent-text underline-offset-2";

interface Props {
  boards: QueueBoard[];
  agents: FloorAgent[];
  staff: Map<string, Staff>;
}

export function useAlerts({ boards, agents, staff }: Props): Alert[] {
  const now = useWallNow();
  return useMemo(() => alertsOf(boards, agents, staff, now), [boards, agents, staff, now]);
}

/** An alert in words: what, and which limit. */
export function useAlertText(): (alert: Alert) => [string, string] {
  const t = useT();
  const format = useFormat();
  const percent = usePercent();
  const named = useNamed();
  const now = useWallNow();
  const needed = useNeeded();
  return (alert) => {
    const { board, agent, need } = alert;
    if (agent)
      return [
        t("wallboard.alert_wrap_up", { name: isolate(agent.name) }),
        t("wallboard.alert_over_time"),
      ];
    if (!board) return ["", ""];
    const queue = isolate(named(board.names));
    if (need) {
      const needs = needed(need.lacking);
      return [
        t("wallboard.alert_unmet", { queue, n: need.waiting }),
        need.away
          ? t("wallboard.alert_unmet_away", { n: need.away, needs })
          : t(needs ? "routing.state_nobody_meets" : "routing.state_nobody_meets_any", { needs }),
      ];
    }
    const time = isolate(format.clock(waitOf(board, now) ?? 0));
    const limit = format.span(board.target.longest_wait_s);
    const { target } = board;
    switch (alert.kind) {
      case "wait_over":
      case "wait_near":
        return [
          t("wallboard.alert_wait", { queue, time }),
          t(`wallboard.alert_${alert.kind}`, { limit }),
        ];
      case "nobody":
        return [
          t("wallboard.alert_nobody", { queue }),
          t("wallboard.alert_nobody_waiting", { n: board.waiting, time }),
        ];
      case "abandon":
        return [
          t("wallboard.alert_abandon", {
            queue,
            percent: isolate(percent(board.abandon_rate ?? 0)),
          }),
          t("wallboard.limit", { limit: isolate(percent(target.abandon_percent / 100, 0)) }),
        ];
      default:
        return [
          t("wallboard.alert_level", { queue }),
          t("wallboard.alert_level_of", {
            percent: isolate(percent(levelOf(board) ?? 0)),
            target: isolate(percent(target.percent / 100, 0)),
          }),
        ];
    }
  };
}

export function AlertIcon({ alert, size = 16 }: { alert: Alert; size?: number }) {
  const Icon = ICONS[alert.kind];
  return (
    <span
      aria-hidden="true"
      className={clsx(
        "grid shrink-0 place-items-center rounded-lg",
        LOOKS[alert.level],
        size > 20 ? "size-12" : "size-8",
      )}
    >
      <Icon size={size} />
    </span>
  );
}

/** What needs somebody now: broken limits first. */
export function Alerts(props: Props & { onOpen: (id: string) => void }) {
  const t = useT();
  const format = useFormat();
  const alerts = useAlerts(props);
  const text = useAlertText();
  const bad = alerts.filter((alert) => alert.level === "bad").length;
  return (
    <section className={clsx(cardLook, "overflow-hidden")} aria-labelledby="wall-alerts">
      <header className="flex min-h-11 items-center gap-2 border-b border-line px-4">
        <h2 id="wall-alerts" className="text-sm font-semibold">
          {t("wallboard.alerts")}
        </h2>
        {bad > 0 && (
          <Pill tone="bad" icon={TriangleAlert}>
            {format.number(bad)}
          </Pill>
        )}
      </header>
      {alerts.length === 0 ? (
        <p className="flex items-center gap-2 px-4 py-5 text-[13px] text-ink-2">
          <CircleCheck size={16} aria-hidden="true" className="text-ok" />
          {t("wallboard.no_alerts")}
        </p>
      ) : (
        <ul className="max-h-96 divide-y divide-line overflow-y-auto scroll-thin">
          {alerts.slice(0, 50).map((alert) => {
            const [what, limit] = text(alert);
            return (
              <li key={alert.id} className="flex gap-3 px-4 py-2.5">
                <AlertIcon alert={alert} />
                <span className="min-w-0 grow">
                  <span className="block text-[13px] font-semibold">{what}</span>
                  <span className="flex gap-2 text-xs text-ink-2">
                    <span className="grow">{limit}</span>
                    {alert.began !== null && <span>{format.time(alert.began)}</span>}
                  </span>
                  {alert.need ? (
                    <Link
                      to="/monitor"
                      search={{ open: alert.need.conversation.id }}
                      className={clsx(OPENS, "inline-flex items-center hover:underline")}
                    >
                      {t("wallboard.open_conversation", {
                        number: ltr(String(alert.need.conversation.number)),
                      })}
                    </Link>
                  ) : (
                    <Button
                      onPress={() => props.onOpen((alert.board ?? alert.agent)?.id ?? "")}
                      className={clsx(OPENS, "data-hovered:underline")}
                    >
                      {t(alert.agent ? "wallboard.open_agent" : "wallboard.open_queue")}
                      <span className="sr-only"> {what}</span>
                    </Button>
                  )}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
