import type { FloorAgent, Place } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { toast } from "@wasl/ui";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";

interface Done {
  id: string;
  was: Place;
}

/** One after the other: what is refused is left where it is, and the rest goes on. */
async function move(steps: { id: string; to: Place }[]): Promise<[Done[], unknown]> {
  const done: Done[] = [];
  let refused: unknown = null;
  for (const { id, to } of steps)
    try {
      const was = await api.call("POST /conversations/{id}/reassign", { path: { id }, body: to });
      done.push({ id, was });
    } catch (error) {
      refused = error;
    }
  return [done, refused];
}

/** Gives conversations to somebody or to a queue, with a way back. */
export function useReassign(): (ids: string[], to: Place, name: string) => Promise<void> {
  const t = useT();
  const format = useFormat();
  const fail = useErrorToast();
  return async (ids, to, name) => {
    const [done, refused] = await move(ids.map((id) => ({ id, to })));
    if (refused) fail(refused);
    if (!done.length) return;
    const undo = async () => {
      const [, kept] = await move(done.map(({ id, was }) => ({ id, to: was })));
      if (kept) fail(kept);
    };
    toast(t("wallboard.reassigned", { n: format.number(done.length), name: isolate(name) }), {
      action: { label: t("desk.undo"), run: () => void undo() },
    });
  };
}

/** Declares somebody else away or offline, with a way back. */
export function useDeclare(): (
  agent: FloorAgent,
  presence: FloorAgent["presence"],
) => Promise<void> {
  const t = useT();
  const fail = useErrorToast();
  return async (agent, presence) => {
    const path = { id: agent.id };
    try {
      const was = await api.call("PUT /agents/{id}/presence", { path, body: { presence } });
      const undo = () => api.call("PUT /agents/{id}/presence", { path, body: was }).catch(fail);
      toast(t(`wallboard.declared_${presence}`, { name: isolate(agent.name) }), {
        action: { label: t("desk.undo"), run: () => void undo() },
      });
    } catch (error) {
      fail(error);
    }
  };
}
