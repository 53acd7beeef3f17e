import type { Agent, Conversation } from "@wasl/api";
import { type Desk, Refusal } from "./desk.ts";
import { canned, dispositions, type Lang, reasons, uid } from "./facts.ts";

export type Body = Record<string, never>;
export type Route = [
  string,
  RegExp,
  (lang: Lang, path: string[], body: Body, query: URLSearchParams) => unknown,
];

/** The routes of the desk itself. */
export function deskRoutes(desk: Desk): Route[] {
  const {
    files,
    worldOf,
    offersOf,
    rows,
    counts,
    publish,
    add,
    act,
    deliver,
    find,
    me,
    handled,
    gone,
  } = desk;
  return [
    ["GET", /^\/me$/, (l) => me(l)],
    [
      "PATCH",
      /^\/me$/,
      (l, _, body) => {
        Object.assign(worldOf(l).user, body);
        return me(l);
      },
    ],
    [
      "GET",
      /^\/conversations$/,
      (l, _, __, q) => {
        const text = (q.get("q") ?? "").toLowerCase();
        const items = rows(worldOf(l), q.get("view") ?? "all").filter(
          (c) =>
            !text ||
            `${c.contact.name} ${c.number} ${c.subject} ${c.preview.text}`
              .toLowerCase()
              .includes(text),
        );
        return { items, next: null };
      },
    ],
    ["GET", /^\/conversations\/([^/]+)$/, (l, [id]) => find(l, id)],
    [
      "GET",
      /^\/conversations\/([^/]+)\/timeline$/,
      (l, [id], _, q) => {
        const before = Number(q.get("before") ?? Number.POSITIVE_INFINITY);
        const items = (worldOf(l).messages.get(id ?? "") ?? [])
          .filter((m) => m.seq < before)
          .slice(-50);
        return { items, next: items[0] && items[0].seq > 1 ? String(items[0].seq) : null };
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/messages$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        if (c.assignee?.id !== worldOf(l).user.id && c.state === "active")
          throw new Refusal(409, "not_holder");
        const option = worldOf(l)
          .options(c)
          .find((o) => o.channel.id === body.channel_id);
        if (!option?.allowed)
          throw new Refusal(409, "reply_not_allowed", { code: option?.code ?? "channel_off" });
        let leg = c.legs.at(-1);
        if (leg?.channel.id !== option.channel.id) {
          leg = {
            id: uid(),
            kind: option.channel.kind,
            channel: option.channel,
            address: option.identity?.value ?? null,
            opened_at: new Date().toISOString(),
            messages: 0,
            interaction_id: c.interaction.id,
          };
          c.legs.push(leg);
        }
        leg.messages += 1;
        c.channel = option.channel;
        c.due_at = null;
        const made = add(l, c, {
          text: String(body.text),
          subject: (body.subject as string) ?? null,
          leg_id: leg.id,
          channel: option.channel,
          state: "queued",
          client_id: body.client_id as string,
          attachments: ((body.attachment_ids ?? []) as string[]).flatMap((f) => files.get(f) ?? []),
        });
        publish();
        deliver(made);
        return made;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/notes$/,
      (l, [id], body: Record<string, unknown>) => {
        const made = add(l, find(l, id), {
          kind: "note",
          direction: null,
          text: String(body.text),
        });
        publish();
        return made;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/status$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        c.status = body.status as Conversation["status"];
        c.snoozed_until = (body.snoozed_until as string) ?? null;
        c.interaction.disposition = (body.disposition as string) ?? null;
        if (c.status === "resolved") {
          c.state = "wrap_up";
          c.due_at = null;
          c.wrap_up_ends_at = new Date(Date.now() + 45_000).toISOString();
        }
        act(l, c, "status", { status: c.status, by: worldOf(l).user.name, until: c.snoozed_until });
        publish();
        return c;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/wrap-up$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        c.wrap_up_ends_at = null;
        c.state = "completed";
        act(l, c, "wrap_up", { disposition: body.disposition ?? null, by: worldOf(l).user.name });
        publish();
        return c;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/pick$/,
      (l, [id]) => {
        const c = find(l, id);
        handled(l, c);
        act(l, c, "assigned", { to: worldOf(l).user.name, by: worldOf(l).user.name });
        publish();
        return c;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/transfer$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        const to = worldOf(l).agents.find((a) => a.id === body.user_id);
        const queue = worldOf(l).agents[0]?.queues.find((q) => q.id === body.queue_id);
        c.assignee = to ? { id: to.id, name: to.name } : null;
        if (queue) {
          c.queue = queue;
          c.state = "queued";
        }
        act(l, c, "transferred", {
          to: to?.name ?? null,
          to_queue: queue?.name ?? null,
          by: worldOf(l).user.name,
        });
        publish();
        return c;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/read$/,
      (l, [id]) => {
        const c = find(l, id);
        if (c.unread) {
          c.unread = 0;
          c.version += 1;
          publish();
        }
        return null;
      },
    ],
    [
      "PUT",
      /^\/conversations\/([^/]+)\/tags$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        c.tags = body.tags as string[];
        c.version += 1;
        publish();
        return c;
      },
    ],
    [
      "PUT",
      /^\/conversations\/([^/]+)\/priority$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        c.priority = body.priority as number;
        c.version += 1;
        publish();
        return c;
      },
    ],
    [
      "POST",
      /^\/conversations\/([^/]+)\/spam$/,
      (l, [id], body: Record<string, unknown>) => {
        const c = find(l, id);
        c.spam = body.spam as boolean;
        c.version += 1;
        publish();
        return c;
      },
    ],
    [
      "GET",
      /^\/conversations\/([^/]+)\/reply-options$/,
      (l, [id]) => worldOf(l).options(find(l, id)),
    ],
    [
      "POST",
      /^\/messages\/([^/]+)\/(retry|discard)$/,
      (l, [id, what]) => {
        for (const list of worldOf(l).messages.values()) {
          const m = list.find((x) => x.id === id);
          if (!m) continue;
          m.version += 1;
          m.error = null;
          if (what === "retry") {
            m.state = "queued";
            deliver(m);
          } else m.deleted_at = new Date().toISOString();
          publish();
          return m;
        }
        throw new Refusal(404, "not_found");
      },
    ],
    [
      "GET",
      /^\/contacts$/,
      (l, _, __, q) => ({
        items: [...worldOf(l).contacts.values()]
          .filter((c) => c.name.includes(q.get("q") ?? ""))
          .map(({ id, name, locale, identities }) => ({
            id,
            name,
            locale,
            identities,
            last_seen_at: new Date().toISOString(),
          })),
        next: null,
      }),
    ],
    [
      "GET",
      /^\/contacts\/([^/]+)$/,
      (l, [id]) => {
        const c = worldOf(l).contacts.get(id ?? "");
        if (!c) throw new Refusal(404, "not_found");
        return c;
      },
    ],
    [
      "PATCH",
      /^\/contacts\/([^/]+)$/,
      (l, [id], body) => Object.assign(worldOf(l).contacts.get(id ?? "") ?? {}, body),
    ],
    ["GET", /^\/agents$/, (l) => worldOf(l).agents],
    [
      "PUT",
      /^\/presence$/,
      (l, _, body: Record<string, unknown>) => {
        const agent = worldOf(l).agents[0] as Agent;
        Object.assign(agent, {
          presence: body.presence,
          reason: body.reason ?? null,
          since: new Date().toISOString(),
          missed_offer: false,
        });
        publish();
        return agent;
      },
    ],
    ["GET", /^\/presence-reasons$/, () => reasons],
    ["GET", /^\/dispositions$/, () => dispositions],
    ["GET", /^\/canned-responses$/, () => canned],
    [
      "GET",
      /^\/channel-kinds$/,
      () => [
        {
          kind: "email",
          capabilities: { subject: true, html: true, cc: true, threads: true },
          schema: {},
        },
        { kind: "web_chat", capabilities: { subject: false, cc: false }, schema: {} },
        { kind: "api", capabilities: { subject: false, cc: false }, schema: {} },
      ],
    ],
    ["GET", /^\/counts$/, (l) => counts(worldOf(l))],
    [
      "GET",
      /^\/queues$/,
      (l) =>
        (worldOf(l).agents[0]?.queues ?? []).map((q) => ({
          ...q,

          offer_timeout_s: 20,
          wrap_up_s: 45,
          reply_target_s: 900,
          resolution_target_s: 86400,
          priority: 0,
          members: worldOf(l).agents.map(({ id, name }) => ({ user: { id, name }, level: 3 })),
          waiting: 2,
          version: 1,
        })),
    ],
    [
      "POST",
      /^\/offers\/([^/]+)\/accept$/,
      (l, [id]) => {
        const offer = offersOf(l).find((o) => o.id === id);
        if (!offer) throw new Refusal(409, "offer_gone", { by: null });
        handled(l, find(l, offer.conversation_id));
        find(l, offer.conversation_id).version += 1;
        gone(l, id);
        return { conversation_id: offer.conversation_id };
      },
    ],
    [
      "POST",
      /^\/offers\/([^/]+)\/decline$/,
      (l, [id]) => {
        gone(l, id);
        return null;
      },
    ],
  ];
}
