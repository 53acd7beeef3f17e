import { useQuery } from "@tanstack/react-query";
import type { Agent } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { useItems, useScope } from "@wasl/realtime";
import { Avatar, optionLook, TextField } from "@wasl/ui";
import { Circle, CircleCheck, Clock, Hash, Search } from "lucide-react";
import { useMemo, useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { api } from "../../ground.ts";
import { useMe } from "../../me.ts";
import { useNamed } from "../../names.ts";

const PRESENCE = {
  available: { icon: CircleCheck, look: "text-ok" },
  away: { icon: Clock, look: "text-warn" },
  offline: { icon: Circle, look: "text-ink-2" },
};
const ORDER = ["available", "away", "offline"];

interface Props {
  label: string;
  /** "user:<id>" or "queue:<id>". */
  target: string | null;
  onChange: (target: string | null) => void;
  /** Colleagues only. */
  peopleOnly?: boolean;
  without?: string[];
}

/** A colleague, those who are there first, or a queue. */
export function Targets({ label, target, onChange, peopleOnly = false, without = [] }: Props) {
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const { user } = useMe();
  const agents = useItems<Agent>(useScope("agents"), "agent");
  const queues = useQuery({
    queryKey: ["queues"],
    queryFn: () => api.call("GET /queues"),
    enabled: !peopleOnly,
  });
  const [search, setSearch] = useState("");
  const targets = useMemo(() => {
    const wanted = search.trim().toLocaleLowerCase();
    const people = agents
      .filter((agent) => agent.id !== user.id && !without.includes(agent.id))
      .sort(
        (a, b) =>
          ORDER.indexOf(a.presence) - ORDER.indexOf(b.presence) || a.name.localeCompare(b.name),
      )
      .map((agent) => ({ id: `user:${agent.id}`, name: agent.name, agent, waiting: 0 }));
    const places = (peopleOnly ? [] : (queues.data ?? [])).map((queue) => ({
      id: `queue:${queue.id}`,
      name: named(queue.names) || queue.name,
      agent: null,
      waiting: queue.waiting,
    }));
    return [...people, ...places].filter((each) => each.name.toLocaleLowerCase().includes(wanted));
  }, [agents, queues.data, search, user.id, named, peopleOnly, without]);

  const what = t(peopleOnly ? "routing.ask_in_search" : "desk.transfer_search");
  return (
    <>
      <TextField
        label={what}
        hideLabel
        icon={Search}
        placeholder={what}
        value={search}
        onChange={setSearch}
        autoFocus
      />
      <ListBox
        aria-label={label}
        items={targets}
        selectionMode="single"
        selectedKeys={target ? [target] : []}
        onSelectionChange={(keys) =>
          onChange(keys === "all" ? null : (([...keys][0] as string) ?? null))
        }
        renderEmptyState={() => (
          <p className="px-2 py-3 text-[13px] text-ink-2">{t("desk.transfer_none")}</p>
        )}
        className="my-2 max-h-64 min-h-20 overflow-y-auto outline-none"
      >
        {(item) => {
          const presence = item.agent && PRESENCE[item.agent.presence];
          return (
            <ListBoxItem id={item.id} textValue={item.name} className={optionLook}>
              {item.agent ? (
                <Avatar name={item.name} size={32} />
              ) : (
                <span className="grid size-8 shrink-0 place-items-center rounded-full bg-sunken text-ink-2">
                  <Hash size={15} aria-hidden="true" />
                </span>
              )}
              <span className="min-w-0 grow">
                <span className="block truncate font-medium">
                  <bdi>{item.name}</bdi>
                </span>
                <span className="flex items-center gap-1 text-xs text-ink-2">
                  {item.agent && presence ? (
                    <>
                      <span className={`flex shrink-0 items-center gap-1 ${presence.look}`}>
                        <presence.icon size={12} aria-hidden="true" />
                        {t(`desk.presence_${item.agent.presence}`)}
                      </span>
                      <span className="truncate">
                        · {format.list(item.agent.queues.map((queue) => named(queue.names)))}
                      </span>
                    </>
                  ) : (
                    <>
                      {t("desk.queue")} · {t("desk.waiting", { n: item.waiting })}
                    </>
                  )}
                </span>
              </span>
            </ListBoxItem>
          );
        }}
      </ListBox>
    </>
  );
}
