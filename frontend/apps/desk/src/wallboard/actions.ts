import type { FloorAgent, Place } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { toast } from "@wasl/ui";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { refresh } from "../settings/queries.ts";

interface Done {
  id: string;
  was: Place;
}

/** One after the other: what is refused is left as it is, and the rest goes on. */
async function each<S, D>(steps: S[], act: (step: S) => Promise<D>): Promise<[D[], unknown]> {
  const done: D[] = [];
  let refused: unknown = null;
  for (const step of steps)
    try {
      done.push(await act(step));
    } catch (error) {
      refused = error;
    }
  return [done, refused];
}

const move = (steps: { id: string; to: Place }[]): Promise<[Done[], unknown]> =>
  each(steps, async ({ id, to }) => ({
    id,
    was: await api.call("POST /conversations/{id}/reassign", { path: { id }, body: to }),
  }));

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

/** Sets the priority of conversations, with a way back. */
export function usePrioritise(): (ids: string[], priority: number) => Promise<void> {
  const t = useT();
  const format = useFormat();
  const fail = useErrorToast();
  const set = (steps: { id: string; priority: number }[]) =>
    each(steps, ({ id, priority }) =>
      api
        .call("POST /conversations/{id}/prioritise", { path: { id }, body: { priority } })
        .then((was) => ({ id, priority: was.priority })),
    );
  return async (ids, priority) => {
    const [done, refused] = await set(ids.map((id) => ({ id, priority })));
    if (refused) fail(refused);
    if (!done.length) return;
    const undo = async () => {
      const [, kept] = await set(done);
      if (kept) fail(kept);
    };
    const level = t(`desk.priority_${priority}`);
    toast(t("wallboard.prioritised", { n: format.number(done.length), level }), {
      action: { label: t("desk.undo"), run: () => void undo() },
    });
  };
}

/** Those who are meant, in a few words. */
export function useWho(): (agents: FloorAgent[]) => string {
  const t = useT();
  const format = useFormat();
  return (agents) =>
    agents.length > 3
      ? t("wallboard.agents_n", { n: agents.length })
      : format.list(agents.map(({ name }) => isolate(name)));
}

/** Declares others away or available, with a way back. */
export function useDeclare(): (
  agents: FloorAgent[],
  presence: "available" | "away",
) => Promise<void> {
  const t = useT();
  const fail = useErrorToast();
  const who = useWho();
  const declare = (
    id: string,
    body: { presence: FloorAgent["presence"]; reason?: string | null },
  ) => api.call("PUT /agents/{id}/presence", { path: { id }, body });
  return async (agents, presence) => {
    const [done, refused] = await each(agents, async (agent) => ({
      agent,
      was: await declare(agent.id, { presence }),
    }));
    if (refused) fail(refused);
    if (!done.length) return;
    const undo = async () => {
      const [, kept] = await each(done, ({ agent, was }) => declare(agent.id, was));
      if (kept) fail(kept);
    };
    const name = who(done.map(({ agent }) => agent));
    toast(t(`wallboard.declared_${presence}`, { name }), {
      action: { label: t("desk.undo"), run: () => void undo() },
    });
  };
}

/** Sends agents home; what they had in hand waits again. There is no way back but their own. */
export function useLogOut(): (agents: FloorAgent[]) => Promise<void> {
  const t = useT();
  const who = useWho();
  return async (agents) => {
    const [done, refused] = await each(agents, async (agent) => ({
      agent,
      ...(await api.call("POST /agents/{id}/log-out", { path: { id: agent.id } })),
    }));
    if (done.length)
      toast(
        t("wallboard.logged_out", {
          name: who(done.map(({ agent }) => agent)),
          n: done.reduce((sum, { requeued }) => sum + requeued, 0),
        }),
      );
    if (refused) throw refused;
  };
}

export type Memberships = Record<string, number | null>;

/** Puts agents into queues or takes them out, with a way back. */
export function useMemberships(): (
  agents: FloorAgent[],
  queuesOf: (agent: FloorAgent) => Memberships,
) => Promise<void> {
  const t = useT();
  const fail = useErrorToast();
  const who = useWho();
  const put = (id: string, queues: Memberships) =>
    api.call("PATCH /agents/{id}/queues", { path: { id }, body: { queues } });
  return async (agents, queuesOf) => {
    const [done, refused] = await each(agents, async (agent) => ({
      agent,
      was: (await put(agent.id, queuesOf(agent))).queues,
    }));
    void refresh("queues");
    if (refused) fail(refused);
    if (!done.length) return;
    const undo = async () => {
      const [, kept] = await each(done, ({ agent, was }) => put(agent.id, was));
      void refresh("queues");
      if (kept) fail(kept);
    };
    toast(t("wallboard.queues_changed", { name: who(done.map(({ agent }) => agent)) }), {
      action: { label: t("desk.undo"), run: () => void undo() },
    });
  };
}
