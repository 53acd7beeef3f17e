import { Link } from "@tanstack/react-router";
import type { FloorAgent, QueueBoard } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { Avatar, ChannelBadge, Drawer, Ltr, Pill } from "@wasl/ui";
import { ChevronRight } from "lucide-react";
import { useChannelName, useNamed } from "../names.ts";
import { groupOf, sinceOf } from "./figures.ts";
import { Elapsed } from "./live.tsx";

interface Props {
  agent: FloorAgent;
  boards: QueueBoard[];
  onClose: () => void;
}

/** One agent: state, what they have in hand, each of it open to read along. */
export function AgentPanel({ agent, boards, onClose }: Props) {
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const channelName = useChannelName();
  const group = groupOf(agent);
  const queueName = (id: string | null) => {
    const board = boards.find((one) => one.id === id);
    return board ? named(board.names) : "";
  };
  const skills = Object.entries(agent.skills);
  return (
    <div className="absolute inset-y-0 end-0 z-20 flex w-full shadow-pop md:w-auto">
      <Drawer title={agent.name} onClose={onClose}>
        <div className="flex items-center gap-3">
          <Avatar name={agent.name} size={48} presence={agent.presence} />
          <div>
            {group && (
              <p className="flex items-center gap-2 font-medium">
                {t(`wallboard.${group}`)}
                <span className="text-ink-2">
                  <Elapsed since={sinceOf(agent)} />
                </span>
              </p>
            )}
            <p className="text-[13px] text-ink-2">
              {agent.queue_ids.length
                ? format.list(agent.queue_ids.map(queueName).filter(Boolean))
                : t("wallboard.no_queues_of_agent")}
            </p>
          </div>
        </div>
        {skills.length > 0 && (
          <p className="mt-3 flex flex-wrap gap-1.5">
            {skills.map(([skill, level]) => (
              <Pill key={skill}>
                <bdi>{skill}</bdi> <Ltr>{format.number(level)}</Ltr>
              </Pill>
            ))}
          </p>
        )}
        <h3 className="mt-5 mb-1 text-[13px] font-semibold">{t("wallboard.in_hand")}</h3>
        {agent.held.length === 0 && (
          <p className="text-[13px] text-ink-2">{t("wallboard.nothing_in_hand")}</p>
        )}
        <ul className="divide-y divide-line">
          {agent.held.map((held) => (
            <li key={held.conversation_id}>
              <Link
                to="/conversations/$id"
                params={{ id: held.conversation_id }}
                search={{ view: "all" }}
                className="flex items-center gap-3 rounded-lg px-1 py-2.5 hover:bg-sunken"
              >
                <ChannelBadge kind={held.kind} size={24} />
                <span className="min-w-0 grow">
                  <span className="block text-[13px] font-medium">{channelName(held.kind)}</span>
                  <span className="block truncate text-xs text-ink-2">
                    <bdi>{queueName(held.queue_id)}</bdi>
                  </span>
                </span>
                <span className="text-[13px] text-ink-2">
                  <Elapsed since={held.since} />
                </span>
                <span className="text-[13px] font-medium text-accent-text">
                  {t("wallboard.read_along")}
                </span>
                <ChevronRight size={16} aria-hidden="true" className="icon-flip text-ink-3" />
              </Link>
            </li>
          ))}
        </ul>
      </Drawer>
    </div>
  );
}
