import { Link } from "@tanstack/react-router";
import type { FloorAgent, QueueBoard } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { type Action, Button, ChannelBadge, Checkbox, MenuButton } from "@wasl/ui";
import { ArrowRightLeft, ChevronRight, Flag, Hand, Layers, User } from "lucide-react";
import { useState } from "react";
import { useMe } from "../me.ts";
import { useChannelName, useNamed } from "../names.ts";
import { usePrioritise, useReassign } from "./actions.ts";
import { groupOf } from "./figures.ts";
import { Elapsed } from "./live.tsx";

const MOST_NAMES = 30; // in the menu
export const PRIORITIES = [3, 2, 1, 0];

export interface Matter {
  id: string;
  kind: string;
  title: string;
  about: string;
  since: string | null;
  priority?: number;
}

interface Props {
  matters: Matter[];
  none: string;
  agents: FloorAgent[];
  boards: QueueBoard[];
}

/** Live conversations: open one to read along, or choose some and pass them on. */
export function Matters({ matters, none, agents, boards }: Props) {
  const t = useT();
  const format = useFormat();
  const channelName = useChannelName();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const still = matters.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const actions = useTargets({ agents, boards }, still, () => setChosen(new Set()));
  const prioritise = usePrioritise();
  const choose = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  if (!matters.length) return <p className="text-[13px] text-ink-2">{none}</p>;
  return (
    <>
      <div className="flex min-h-9 items-center gap-3">
        <Checkbox
          isSelected={still.length === matters.length}
          onChange={(on) => setChosen(new Set(on ? matters.map(({ id }) => id) : []))}
        >
          {t("wallboard.choose_all")}
        </Checkbox>
        <span className="grow" />
        <MenuButton
          label={t("desk.priority_choice")}
          trigger={
            <Button size="sm" icon={Flag} isDisabled={!still.length}>
              {t("desk.priority_choice")}
            </Button>
          }
          actions={PRIORITIES.map((level) => ({
            id: String(level),
            label: t(`desk.priority_${level}`),
            icon: Flag,
            run: () => {
              void prioritise(still, level);
              setChosen(new Set());
            },
          }))}
        />
        <MenuButton
          label={t("wallboard.reassign")}
          trigger={
            <Button size="sm" icon={ArrowRightLeft} isDisabled={!still.length}>
              {still.length
                ? t("wallboard.reassign_some", { n: format.number(still.length) })
                : t("wallboard.reassign")}
            </Button>
          }
          actions={actions}
        />
      </div>
      <ul className="divide-y divide-line">
        {matters.map((matter) => (
          <li key={matter.id} className="flex items-center gap-2">
            <Checkbox
              aria-label={t("wallboard.choose", { name: matter.title })}
              isSelected={chosen.has(matter.id)}
              onChange={(on) => choose(matter.id, on)}
            >
              {null}
            </Checkbox>
            <Link
              to="/monitor"
              search={{ open: matter.id }}
              className="flex min-w-0 grow items-center gap-2.5 rounded-lg px-1 py-2 hover:bg-sunken"
            >
              <ChannelBadge kind={matter.kind} size={22} />
              <span className="min-w-0 grow">
                <bdi className="bidi-line block truncate text-[13px] font-medium">
                  {matter.title}
                </bdi>
                <span className="bidi-line flex items-center gap-1 truncate text-xs text-ink-2">
                  {matter.priority ? (
                    <span className="inline-flex shrink-0 items-center gap-0.5 font-medium text-ink">
                      <Flag size={11} aria-hidden="true" />
                      {t(`desk.priority_${matter.priority}`)}
                    </span>
                  ) : null}
                  <span className="sr-only">{channelName(matter.kind)} </span>
                  <bdi className="truncate">{matter.about}</bdi>
                </span>
              </span>
              <span className="text-[13px] text-ink-2">
                <Elapsed since={matter.since} />
              </span>
              <span className="text-[13px] font-medium whitespace-nowrap text-accent-text">
                {t("wallboard.read_along")}
              </span>
              <ChevronRight size={16} aria-hidden="true" className="icon-flip text-ink-3" />
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Oneself, every queue, and those who are there. */
function useTargets(
  { agents, boards }: Pick<Props, "agents" | "boards">,
  ids: string[],
  done: () => void,
): Action[] {
  const t = useT();
  const named = useNamed();
  const reassign = useReassign();
  const { user } = useMe();
  const to = (user_id: string | null, queue_id: string | null, name: string) => () => {
    void reassign(ids, { user_id, queue_id }, name);
    done();
  };
  const there = agents.filter(
    (agent) => agent.id !== user.id && agent.presence === "available" && groupOf(agent),
  );
  return [
    {
      id: "me",
      label: t("wallboard.take_over"),
      icon: Hand,
      run: to(user.id, null, user.name),
    },
    ...boards.slice(0, MOST_NAMES).map((board, index) => ({
      id: board.id,
      label: named(board.names),
      icon: Layers,
      divided: index === 0,
      run: to(null, board.id, named(board.names)),
    })),
    ...there.slice(0, MOST_NAMES).map((agent, index) => ({
      id: agent.id,
      label: agent.name,
      icon: User,
      divided: index === 0,
      run: to(agent.id, null, agent.name),
    })),
  ];
}
