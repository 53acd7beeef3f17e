import type { FloorAgent, QueueBoard } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { Avatar, Button, ChannelBadge, cardLook, Ltr } from "@wasl/ui";
import { clsx } from "clsx";
import { BellRing, Check, ListChecks, TriangleAlert } from "lucide-react";
import { memo, useCallback, useMemo, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { usePresenceReasons } from "../conversations/dialogs/codes.ts";
import { useMe } from "../me.ts";
import { useChannelName, useNamed } from "../names.ts";
import { byState, GROUPS, type Group, groupOf, sinceOf } from "./figures.ts";
import { Elapsed, useWallNow } from "./live.tsx";
import { Several } from "./several.tsx";
import { GROUP_LOOKS } from "./states.tsx";

const FIRST = 60; // of a group; a state that thousands are in is opened on wish

interface Props {
  agents: FloorAgent[];
  boards: QueueBoard[];
  onOpen: (agent: FloorAgent) => void;
}

/** The agents on the floor by what they do, longest first. */
export function Agents({ agents, boards, onOpen }: Props) {
  const t = useT();
  const groups = useMemo(() => byState(agents), [agents]);
  const queues = useMemo(() => new Map(boards.map((board) => [board.id, board])), [boards]);
  const { permissions } = useMe();
  const [picking, setPicking] = useState<ReadonlySet<string> | null>(null);
  const pick = useCallback(
    (agent: FloorAgent) =>
      setPicking((before) => {
        const next = new Set(before);
        if (!next.delete(agent.id)) next.add(agent.id);
        return next;
      }),
    [],
  );
  const there = GROUPS.reduce((sum, group) => sum + groups[group].length, 0);
  return (
    <section className={clsx(cardLook, "overflow-hidden")} aria-labelledby="wall-agents">
      <header className="flex flex-wrap items-baseline gap-x-3 border-b border-line px-4 py-2.5">
        <h2 id="wall-agents" className="text-sm font-semibold">
          {t("wallboard.agents")}
        </h2>
        <p className="text-xs text-ink-2">{t("wallboard.agents_lead", { n: there })}</p>
        <span className="grow" />
        {permissions.includes("routing.manage") && picking === null && there > 0 && (
          <Button size="sm" icon={ListChecks} onPress={() => setPicking(new Set())}>
            {t("wallboard.choose_several")}
          </Button>
        )}
      </header>
      {picking && (
        <Several
          agents={agents.filter(({ id }) => picking.has(id))}
          boards={boards}
          onDone={() => setPicking(null)}
        />
      )}
      <div className="grid grid-cols-1 divide-line max-sm:divide-y sm:grid-cols-2 lg:grid-cols-4 lg:divide-x">
        {GROUPS.map((group) => (
          <AgentGroup
            key={group}
            group={group}
            agents={groups[group]}
            queues={queues}
            picked={picking}
            onOpen={picking ? pick : onOpen}
          />
        ))}
      </div>
    </section>
  );
}

interface GroupProps {
  group: Group;
  agents: FloorAgent[];
  queues: Map<string, QueueBoard>;
  /** Those who are chosen, while some are being chosen. */
  picked: ReadonlySet<string> | null;
  onOpen: (agent: FloorAgent) => void;
}

function AgentGroup({ group, agents, queues, picked, onOpen }: GroupProps) {
  const t = useT();
  const format = useFormat();
  const [all, setAll] = useState(false);
  const { icon: Icon, ink } = GROUP_LOOKS[group];
  const shown = all ? agents : agents.slice(0, FIRST);
  return (
    <div className="min-w-0 px-2 py-2.5">
      <h3 className={clsx("mb-1 flex items-center gap-1.5 px-2 text-[13px] font-semibold", ink)}>
        <Icon size={15} aria-hidden="true" />
        <span className="grow">{t(`wallboard.${group}`)}</span>
        <Ltr className="num text-ink">{format.number(agents.length)}</Ltr>
      </h3>
      {agents.length === 0 && (
        <p className="px-2 py-2 text-xs text-ink-2">{t("wallboard.nobody_here")}</p>
      )}
      <ul>
        {shown.map((agent) => (
          <AgentRow
            key={agent.id}
            agent={agent}
            queues={queues}
            picked={picked ? picked.has(agent.id) : null}
            onOpen={onOpen}
          />
        ))}
      </ul>
      {shown.length < agents.length && (
        <Button kind="ghost" size="sm" onPress={() => setAll(true)}>
          {t("wallboard.show_all", { n: format.number(agents.length) })}
        </Button>
      )}
    </div>
  );
}

interface AgentRowProps {
  agent: FloorAgent;
  queues: Map<string, QueueBoard>;
  /** Null unless some are being chosen. */
  picked: boolean | null;
  onOpen: (agent: FloorAgent) => void;
}

const AgentRow = memo(
  function AgentRow({ agent, queues, picked, onOpen }: AgentRowProps) {
    const t = useT();
    const format = useFormat();
    const since = sinceOf(agent);
    const about = useAbout(agent, queues);
    return (
      <li>
        <AriaButton
          onPress={() => onOpen(agent)}
          {...(picked === null ? {} : { "aria-pressed": picked })}
          className={clsx(
            "flex w-full items-center gap-2.5 rounded-lg px-2 py-1.5 text-start data-hovered:bg-sunken",
            picked && "bg-accent-soft",
          )}
        >
          {picked ? (
            <span className="grid size-7 shrink-0 place-items-center rounded-full bg-accent text-accent-ink">
              <Check size={16} aria-hidden="true" />
            </span>
          ) : (
            <Avatar name={agent.name} size={28} />
          )}
          <span className="min-w-0 grow">
            <span className="flex items-baseline gap-2">
              <bdi className="bidi-line min-w-0 grow truncate text-[13px] font-medium">
                {agent.name}
              </bdi>
              <StateTimer agent={agent} />
            </span>
            <span className="flex items-center gap-1.5 text-2xs text-ink-2">
              <span className="min-w-0 grow truncate">
                {since && t("wallboard.since", { time: format.time(since) })}
                {about && (
                  <>
                    {" · "}
                    <bdi>{about}</bdi>
                  </>
                )}
              </span>
              <Held agent={agent} />
            </span>
          </span>
        </AriaButton>
      </li>
    );
  },
  // the queues are there for their names alone
  (a, b) =>
    a.agent === b.agent &&
    a.picked === b.picked &&
    a.onOpen === b.onOpen &&
    a.queues.size === b.queues.size,
);

/** Why they are away, or for which queue they work. */
function useAbout(agent: FloorAgent, queues: Map<string, QueueBoard>): string {
  const t = useT();
  const named = useNamed();
  const reasons = usePresenceReasons();
  if (groupOf(agent) === "away") {
    if (agent.reason === "missed_offer") return t("wallboard.missed_offer");
    const reason = reasons.find(({ code }) => code === agent.reason);
    return reason ? named(reason.names) : "";
  }
  const id = agent.held[0]?.queue_id ?? agent.queue_ids[0];
  const queue = id ? queues.get(id) : undefined;
  return queue ? named(queue.names) : "";
}

function StateTimer({ agent }: { agent: FloorAgent }) {
  const format = useFormat();
  const now = useWallNow();
  const t = useT();
  const ends = groupOf(agent) === "wrap_up" ? agent.wrap_up_ends_at : null;
  const over = ends ? (now - Date.parse(ends)) / 1000 : 0;
  const tone = over > 0 ? "font-semibold text-warn" : "text-ink-2";
  return (
    <span className={clsx("inline-flex shrink-0 items-center gap-1 text-[13px]", tone)}>
      {agent.state === "offered" && (
        <>
          <BellRing size={13} aria-hidden="true" className="text-accent-text" />
          <span className="sr-only">{t("wallboard.offered")}</span>
        </>
      )}
      {over > 0 && (
        <>
          <TriangleAlert size={13} aria-hidden="true" />
          <Ltr className="num text-2xs">+{format.clock(over)}</Ltr>
        </>
      )}
      <Elapsed since={sinceOf(agent)} />
    </span>
  );
}

/** A badge for each kind in hand, with a count from two. */
export function Held({ agent }: { agent: FloorAgent }) {
  const format = useFormat();
  const channelName = useChannelName();
  const counts = new Map<string, number>();
  for (const { kind } of agent.held) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return (
    <span className="flex shrink-0 items-center gap-1">
      {[...counts].map(([kind, n]) => (
        <span key={kind} className="flex items-center gap-0.5" title={channelName(kind)}>
          <ChannelBadge kind={kind} size={16} />
          <span className="sr-only">
            {channelName(kind)} {format.number(n)}
          </span>
          {n > 1 && (
            <span aria-hidden="true" className="num font-semibold text-ink">
              {format.number(n)}
            </span>
          )}
        </span>
      ))}
    </span>
  );
}
