import type { Agent, Conversation } from "@wasl/api";
import type { Desk } from "./desk.ts";
import { type Lang, uid } from "./facts.ts";

/** What `POST /mock/<name>` makes happen. */
export function deedsOf(desk: Desk): Record<string, (lang: Lang) => void> {
  const { worldOf, offersOf, rows, publish, say, add, dropOffers, reset, cut } = desk;
  return {
    reset,
    cut: () => cut(600_000),
    join: () => cut(0),
    offer(lang) {
      const world = worldOf(lang);
      const c = rows(world, "unassigned").at(-1) ?? (rows(world, "all")[0] as Conversation);
      offersOf(lang).push({
        id: uid(),
        epoch: 1,
        conversation_id: c.id,
        number: c.number,
        contact: c.contact,
        channel: c.channel,
        queue:
          c.queue ?? ((world.agents[0] as Agent).queues[0] as NonNullable<Conversation["queue"]>),
        preview: c.preview.text,
        callback: null,
        waiting_since: new Date(Date.now() - 102_000).toISOString(),
        offered_at: new Date().toISOString(),
        expires_at: new Date(Date.now() + 20_000).toISOString(),
        why: [
          { code: "last_agent", params: {} },
          { code: "queue", params: {} },
          { code: "idle", params: { s: 312 } },
        ]
          .slice(0, 3)
          .map((w) =>
            w.code === "queue" ? { code: "member", params: { queue: c.queue?.name ?? "" } } : w,
          ),
        orders: [...world.contacts.values()][0]?.orders.slice(0, 1) ?? [],
        subject: c.subject ?? c.preview.text,
        last_interaction_at: new Date(Date.now() - 86_400_000 * 3).toISOString(),
        address: world.contacts.get(c.contact.id)?.identities[0]?.value ?? null,
      });
      publish();
    },
    missed(lang) {
      dropOffers(lang);
      Object.assign(worldOf(lang).agents[0] as Agent, {
        missed_offer: true,
        presence: "away",
        reason: "missed_offer",
      });
      publish();
    },
    message(lang) {
      const c = rows(worldOf(lang), "mine")[0] as Conversation;
      const leg = c.legs.at(-1);
      add(lang, c, {
        direction: "in",
        author: { kind: "contact", id: c.contact.id, name: c.contact.name },
        text: {
          en: "One more thing: the bell does not work.",
          fa: "یک چیز دیگر: زنگ در خراب است.",
          ar: "شيء آخر: جرس الباب لا يعمل.",
        }[lang],
        leg_id: leg?.id ?? null,
        channel: leg?.channel ?? null,
      });
      c.unread += 1;
      publish();
    },
    typing(lang) {
      const c = rows(worldOf(lang), "mine")[0] as Conversation;
      say(lang, {
        t: "typing",
        scope: `conversation:${c.id}`,
        who: { kind: "contact", id: c.contact.id, name: c.contact.name },
        on: true,
        text: "",
      });
    },
    viewing(lang) {
      const c = rows(worldOf(lang), "mine")[0] as Conversation;
      const { id, name } = worldOf(lang).agents[1] as Agent;
      say(lang, { t: "viewing", scope: `conversation:${c.id}`, users: [{ id, name }] });
    },
  };
}
