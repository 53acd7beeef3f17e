import { useQuery } from "@tanstack/react-query";
import type { FloorAgent, QueueBoard } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { Loading, Select, Skeleton } from "@wasl/ui";
import { useState } from "react";
import { api } from "../ground.ts";
import { useNamed } from "../names.ts";
import { EditDrawer } from "../settings/edit-drawer.tsx";
import { LEVELS, SkillFields } from "../settings/queues/skills.tsx";
import { type Memberships, useMemberships } from "./actions.ts";

interface Props {
  agent: FloorAgent;
  boards: QueueBoard[];
  close: () => void;
}

/** Which queues an agent works for, at which level, and what they can. */
export function AgentEdit({ agent, boards, close }: Props) {
  const t = useT();
  const queues = useQuery({
    queryKey: ["queues"],
    queryFn: () => api.call("GET /queues"),
    staleTime: 0,
  });
  // the levels as they are now, not as they were read for another page
  if (!queues.data || queues.isFetching)
    return (
      <Loading label={t("common.loading")}>
        <div className="grid w-full content-start gap-3 bg-surface p-5 md:w-120">
          <Skeleton className="h-9 w-full rounded-lg!" />
          <Skeleton className="h-9 w-full rounded-lg!" />
        </div>
      </Loading>
    );
  const levels = Object.fromEntries(
    queues.data.map((queue) => [
      queue.id,
      queue.members.find(({ user }) => user.id === agent.id)?.level ?? null,
    ]),
  );
  return <Form agent={agent} boards={boards} close={close} levels={levels} />;
}

const NOT = "0";

function Form({ agent, boards, close, levels }: Props & { levels: Memberships }) {
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const memberships = useMemberships();
  const [saved] = useState({ levels, skills: agent.skills });
  const [draft, setDraft] = useState(saved);
  const changed = Object.fromEntries(
    Object.entries(draft.levels).filter(([id, level]) => level !== saved.levels[id]),
  );
  const otherQueues = Object.keys(changed).length > 0;
  const otherSkills = JSON.stringify(draft.skills) !== JSON.stringify(saved.skills);
  return (
    <EditDrawer
      title={agent.name}
      changed={otherQueues || otherSkills}
      close={close}
      check={() => true}
      save={async () => {
        if (otherSkills)
          await api.call("PUT /agents/{id}/skills", {
            path: { id: agent.id },
            body: { skills: draft.skills },
          });
        if (!otherQueues) return agent.name;
        await memberships([agent], () => changed);
        return null;
      }}
    >
      <fieldset className="min-w-0">
        <legend className="text-[13px] font-medium">{t("wallboard.queues_of_agent")}</legend>
        <p className="mb-2 text-xs text-ink-2">{t("wallboard.queues_of_agent_help")}</p>
        <ul className="rounded-lg border border-line">
          {boards.map((board) => (
            <li
              key={board.id}
              className="flex items-center gap-2 border-b border-line/70 py-1.5 ps-3 pe-1.5 last:border-0"
            >
              <span dir="auto" className="bidi-line min-w-0 grow truncate text-sm">
                {named(board.names)}
              </span>
              <Select
                label={t("wallboard.level_in", { queue: isolate(named(board.names)) })}
                hideLabel
                items={[
                  { id: NOT, label: t("wallboard.not_in_queue") },
                  ...LEVELS.map((n) => ({
                    id: String(n),
                    label: t("settings.queue.level", { n: format.number(n) }),
                  })),
                ]}
                value={String(draft.levels[board.id] ?? NOT)}
                onChange={(level) =>
                  setDraft((d) => ({
                    ...d,
                    levels: { ...d.levels, [board.id]: level === NOT ? null : Number(level) },
                  }))
                }
                className="w-36 shrink-0"
              />
            </li>
          ))}
        </ul>
      </fieldset>
      <SkillFields skills={draft.skills} change={(skills) => setDraft((d) => ({ ...d, skills }))} />
    </EditDrawer>
  );
}
