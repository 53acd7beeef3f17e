import type { Agent, Queue } from "@wasl/api";
import { uid } from "../facts.ts";
import { byId, Refused, type Route, without } from "./route.ts";

export const queueRoutes: Route[] = [
  ["GET", /^\/queues$/, ({ queues }) => queues],
  [
    "POST",
    /^\/queues$/,
    ({ queues }, _, body) => {
      const queue = { id: uid(), members: [], waiting: 0, version: 1, ...body } as unknown as Queue;
      queue.name = queue.names.en;
      queues.push(queue);
      return queue;
    },
  ],
  [
    "PATCH",
    /^\/queues\/([^/]+)$/,
    ({ queues }, [id], body) => Object.assign(byId(queues, id), body),
  ],
  [
    "DELETE",
    /^\/queues\/([^/]+)$/,
    ({ queues, channels }, [id]) => {
      if (channels.some((c) => c.queue?.id === id))
        throw new Refused(409, "queue_in_use", { channels: 1, interactions: 3 });
      return without(queues, id);
    },
  ],
  [
    "PUT",
    /^\/queues\/([^/]+)\/members$/,
    ({ queues, users }, [id], body) =>
      Object.assign(byId(queues, id), {
        members: (body as unknown as { user_id: string; level: number }[]).map(
          ({ user_id, level }) => ({
            user: { id: user_id, name: byId(users, user_id).name },
            level,
          }),
        ),
      }),
  ],
  [
    "PUT",
    /^\/agents\/([^/]+)\/skills$/,
    ({ world }, [id], body) =>
      Object.assign(byId<Agent>(world.agents, id), { skills: body.skills }),
  ],
  [
    "PUT",
    /^\/agents\/([^/]+)\/capacity$/,
    ({ world }, [id], body) => {
      const agent = byId<Agent>(world.agents, id);
      agent.load = Object.entries(body.capacity as Record<string, number>).map(
        ([kind, capacity]) => ({
          kind,
          capacity,
          used: agent.load.find((l) => l.kind === kind)?.used ?? 0,
        }),
      );
      return agent;
    },
  ],
];
