import type { FloorAgent, QueueBoard } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { Avatar, Button, Drawer, Ltr, Pill } from "@wasl/ui";
import { Coffee, LogOut, SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { useMe } from "../me.ts";
import { useChannelName, useNamed } from "../names.ts";
import { useSkillName } from "../why.ts";
import { useDeclare } from "./actions.ts";
import { AgentEdit } from "./agent-edit.tsx";
import { groupOf, sinceOf } from "./figures.ts";
import { Elapsed } from "./live.tsx";
import { Matters } from "./matters.tsx";
import { AskLogOut } from "./several.tsx";

interface Props {
  agent: FloorAgent;
  agents: FloorAgent[];
  boards: QueueBoard[];
  onClose: () => void;
}

/** One agent: state, what they have in hand to read along or pass on, and their presence. */
export function AgentPanel({ agent, agents, boards, onClose }: Props) {
  const { permissions } = useMe();
  const declare = useDeclare();
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const channelName = useChannelName();
  const skillName = useSkillName();
  const group = groupOf(agent);
  const queueName = (id: string | null) => {
    const board = boards.find((one) => one.id === id);
    return board ? named(board.names) : "";
  };
  const skills = Object.entries(agent.skills);
  const manages = permissions.includes("routing.manage");
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState(false);
  if (editing)
    return (
      <div className="absolute inset-y-0 end-0 z-20 flex w-full shadow-pop md:w-auto">
        <AgentEdit agent={agent} boards={boards} close={() => setEditing(false)} />
      </div>
    );
  return (
    <div className="absolute inset-y-0 end-0 z-20 flex w-full shadow-pop md:w-auto">
      <Drawer
        title={agent.name}
        onClose={onClose}
        footer={
          manages && (
            <>
              <span className="grow" />
              {agent.presence === "available" && (
                <Button icon={Coffee} onPress={() => void declare([agent], "away")}>
                  {t("wallboard.set_away")}
                </Button>
              )}
              <Button kind="danger-line" icon={LogOut} onPress={() => setAsking(true)}>
                {t("wallboard.log_out")}
              </Button>
            </>
          )
        }
      >
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
                <bdi>{skillName(skill)}</bdi> <Ltr>{format.number(level)}</Ltr>
              </Pill>
            ))}
          </p>
        )}
        {manages && (
          <Button
            size="sm"
            icon={SlidersHorizontal}
            onPress={() => setEditing(true)}
            className="mt-3"
          >
            {t("wallboard.queues_and_skills")}
          </Button>
        )}
        <h3 className="mt-5 mb-1 text-[13px] font-semibold">{t("wallboard.in_hand")}</h3>
        <Matters
          none={t("wallboard.nothing_in_hand")}
          agents={agents}
          boards={boards}
          matters={agent.held.map((held) => ({
            id: held.conversation_id,
            kind: held.kind,
            title: channelName(held.kind),
            about: queueName(held.queue_id),
            since: held.since,
          }))}
        />
      </Drawer>
      <AskLogOut
        agents={[agent]}
        isOpen={asking}
        onClose={() => setAsking(false)}
        onDone={onClose}
      />
    </div>
  );
}
