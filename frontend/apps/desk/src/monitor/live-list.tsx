import type { ConversationRow, FloorAgent, QueueBoard } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { useItems, useScope } from "@wasl/realtime";
import { Avatar, ChannelBadge, Loading, Select, Skeleton } from "@wasl/ui";
import { clsx } from "clsx";
import { Eye, Flag, TimerOff } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "react-aria-components";
import { useChannelName, useNamed } from "../names.ts";
import { Elapsed, useWallNow } from "../wallboard/live.tsx";

const EVERY = "all";

interface Live {
  id: string;
  kind: string;
  agent: string;
  since: string | null;
}

/** What agents have in hand of one queue or all, longest first. */
function liveOf(agents: FloorAgent[], queue: string): Live[] {
  return agents
    .flatMap((agent) =>
      agent.held
        .filter((held) => held.state === "active" && (queue === EVERY || held.queue_id === queue))
        .map(({ conversation_id, kind, since }) => ({
          id: conversation_id,
          kind,
          agent: agent.name,
          since,
        })),
    )
    .sort((a, b) => (a.since ?? "").localeCompare(b.since ?? "") || a.id.localeCompare(b.id));
}

interface Props {
  agents: FloorAgent[];
  boards: QueueBoard[];
  ready: boolean;
  opened: string[];
  onToggle: (id: string) => void;
  className?: string;
}

/** Every live conversation; a press opens it in a pane or closes it there. */
export function LiveList({ agents, boards, ready, opened, onToggle, className }: Props) {
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const [queue, setQueue] = useState(EVERY);
  const live = useMemo(() => liveOf(agents, queue), [agents, queue]);
  const scope = queue === EVERY ? "list:all" : `list:queue:${queue}`;
  const list = useItems<ConversationRow>(useScope(scope), "conversation");
  const rows = useMemo(() => new Map(list.map((row) => [row.id, row])), [list]);
  return (
    <section
      aria-labelledby="live-now"
      data-pane
      tabIndex={-1}
      className={clsx(
        "flex min-h-0 w-full shrink-0 flex-col border-line bg-surface md:w-70 md:border-e",
        className,
      )}
    >
      <div className="grid gap-2 border-b border-line px-4 py-3">
        <h2 id="live-now" className="flex items-baseline gap-2 text-sm font-semibold">
          {t("monitor.live_now")}
          {ready && (
            <span className="num text-xs font-normal text-ink-2">{format.number(live.length)}</span>
          )}
        </h2>
        <Select
          label={t("monitor.of_queue")}
          hideLabel
          items={[
            { id: EVERY, label: t("monitor.all_queues") },
            ...boards.map(({ id, names }) => ({ id, label: named(names) })),
          ]}
          value={queue}
          onChange={setQueue}
        />
      </div>
      {!ready ? (
        <Loading label={t("common.loading")}>
          <div className="grid gap-3 p-4">
            <Skeleton className="h-9 w-full rounded-lg!" />
            <Skeleton className="h-9 w-full rounded-lg!" />
          </div>
        </Loading>
      ) : live.length === 0 ? (
        <p className="px-4 py-3 text-[13px] text-ink-2">{t("monitor.nobody_talks")}</p>
      ) : (
        <ul className="scroll-thin min-h-0 grow divide-y divide-line overflow-y-auto">
          {live.map((one) => (
            <Row
              key={one.id}
              live={one}
              row={rows.get(one.id)}
              open={opened.includes(one.id)}
              onToggle={onToggle}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface RowProps {
  live: Live;
  row: ConversationRow | undefined;
  open: boolean;
  onToggle: (id: string) => void;
}

function Row({ live, row, open, onToggle }: RowProps) {
  const t = useT();
  const channelName = useChannelName();
  const now = useWallNow();
  const name = row?.contact.name || row?.number || channelName(live.kind);
  const late = row?.due_at != null && Date.parse(row.due_at) < now;
  return (
    <li>
      <Button
        aria-pressed={open}
        onPress={() => onToggle(live.id)}
        className={clsx(
          "flex w-full items-center gap-2.5 px-4 py-2.5 text-start -outline-offset-2! data-hovered:bg-sunken",
          open && "bg-accent-soft",
        )}
      >
        <span className="relative shrink-0">
          <Avatar name={name} size={36} />
          <span className="absolute -end-1 -bottom-1 rounded-full ring-2 ring-surface">
            <ChannelBadge kind={live.kind} size={16} />
          </span>
        </span>
        <span className="min-w-0 grow">
          <span className="flex items-baseline gap-2">
            <bdi className="bidi-line min-w-0 grow truncate text-[13px] font-medium">{name}</bdi>
            <span className="shrink-0 text-xs text-ink-2">
              <Elapsed since={live.since} />
            </span>
          </span>
          <span className="flex items-center gap-1.5 text-xs text-ink-2">
            <bdi className="bidi-line min-w-0 grow truncate">{live.agent}</bdi>
            {row && row.priority > 0 && (
              <span className="inline-flex shrink-0 items-center gap-1 font-medium text-ink">
                <Flag size={12} aria-hidden="true" />
                {t(`desk.priority_${row.priority}`)}
              </span>
            )}
            {open ? (
              <span className="inline-flex shrink-0 items-center gap-1 text-accent-text">
                <Eye size={13} aria-hidden="true" />
                {t("monitor.reading")}
              </span>
            ) : (
              late && (
                <span className="inline-flex shrink-0 items-center gap-1 text-bad">
                  <TimerOff size={12} aria-hidden="true" />
                  {t("desk.sla_missed")}
                </span>
              )
            )}
          </span>
        </span>
      </Button>
    </li>
  );
}
