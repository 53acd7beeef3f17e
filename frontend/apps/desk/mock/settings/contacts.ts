import type { Consent, Contact, JourneyPoint } from "@wasl/api";
import { uid, type World } from "../facts.ts";
import { ago, DAY, type Place } from "./place.ts";
import { found, Refused, type Route } from "./route.ts";

const contactOf = (place: Place, id: string | undefined) =>
  found(place.world.contacts.get(id ?? ""));

function journey(world: World, contact: Contact): JourneyPoint[] {
  const conversation = [...world.conversations.values()].find((c) => c.contact.id === contact.id);
  const [, filters, grind] = contact.recent;
  const message = (
    at: number,
    kind: string,
    interaction: string,
    number: string,
    id: string,
    open = false,
  ): JourneyPoint => ({
    at: ago(at * DAY),
    kind: "message",
    channel_kind: kind,
    conversation_id: id,
    number,
    interaction_id: interaction,
    order_code: null,
    open,
  });
  const orders = contact.orders.map(
    (order): JourneyPoint => ({
      at: order.placed_at,
      kind: "order",
      channel_kind: null,
      conversation_id: null,
      number: null,
      interaction_id: null,
      order_code: order.code,
      open: false,
    }),
  );
  const now = conversation
    ? [
        message(0.75, "email", "now", conversation.number, conversation.id, true),
        message(0.12, "web_chat", "now", conversation.number, conversation.id, true),
        message(0.01, "email", "now", conversation.number, conversation.id, true),
      ]
    : [];
  const past =
    filters && grind
      ? [
          message(250, "web_chat", "grind", grind.number, grind.conversation_id),
          message(249, "email", "grind", grind.number, grind.conversation_id),
          message(240, "api", "grind", grind.number, grind.conversation_id),
          message(101, "web_chat", "filters", filters.number, filters.conversation_id),
          message(100, "email", "filters", filters.number, filters.conversation_id),
        ]
      : [];
  return [...orders, ...past, ...now];
}

export const contactRoutes: Route[] = [
  [
    "GET",
    /^\/contacts$/,
    ({ world }, _, __, q) => {
      const text = (q.get("q") ?? "").toLowerCase();
      const items = [...world.contacts.values()]
        .filter(
          (c) =>
            !text ||
            `${c.name} ${c.identities.map((i) => i.value).join(" ")}`.toLowerCase().includes(text),
        )
        .map(({ id, name, locale, identities }) => ({
          id,
          name,
          locale,
          identities,
          last_seen_at: identities[0]?.last_seen_at ?? null,
        }));
      return { items, next: null };
    },
  ],
  [
    "POST",
    /^\/contacts$/,
    ({ world }, _, body) => {
      const template = found([...world.contacts.values()].at(-1));
      const made: Contact = {
        ...template,
        id: uid(),
        name: String(body.name),
        identities: [],
        orders: [],
        consents: [],
        recent: [],
        tags: [],
        attributes: {},
        created_at: new Date().toISOString(),
        stats: { conversations: 0, open: 0, lifetime_minor: 0, currency: "" },
      };
      for (const { kind, value } of body.identities as { kind: string; value: string }[])
        made.identities.push({
          id: uid(),
          kind,
          value,
          display: value,
          verified: false,
          verified_by: "",
          last_seen_at: null,
        });
      world.contacts.set(made.id, made);
      return made;
    },
  ],
  [
    "GET",
    /^\/contacts\/([^/]+)\/journey$/,
    (place, [id]) => ({ points: journey(place.world, contactOf(place, id)) }),
  ],
  [
    "PATCH",
    /^\/contacts\/([^/]+)$/,
    (place, [id], body) => Object.assign(contactOf(place, id), body),
  ],
  [
    "POST",
    /^\/contacts\/([^/]+)\/identities$/,
    (place, [id], body) => {
      const value = String(body.value);
      if (body.kind === "email" && !value.includes("@"))
        throw new Refused(422, "identity_invalid", { field: "value", kind: "email" });
      const contact = contactOf(place, id);
      contact.identities.push({
        id: uid(),
        kind: String(body.kind),
        value,
        display: value,
        verified: false,
        verified_by: "",
        last_seen_at: null,
      });
      return contact;
    },
  ],
  [
    "PUT",
    /^\/contacts\/([^/]+)\/consents$/,
    (place, [id], body) => {
      const contact = contactOf(place, id);
      const { kind, purpose, allowed } = body as unknown as Consent & { allowed: boolean | null };
      contact.consents = contact.consents.filter((c) => c.kind !== kind || c.purpose !== purpose);
      if (allowed !== null)
        contact.consents.push({
          kind,
          purpose,
          allowed,
          source: "agent",
          at: new Date().toISOString(),
        });
      return contact;
    },
  ],
  [
    "POST",
    /^\/contacts\/([^/]+)\/merge$/,
    (place, [id], body) => {
      const contact = contactOf(place, id);
      const other = contactOf(place, String(body.other_id));
      place.merged.set(other.id, { other, before: structuredClone(contact) });
      contact.identities.push(
        ...other.identities.filter((i) => !contact.identities.some((own) => own.value === i.value)),
      );
      place.world.contacts.delete(other.id);
      return contact;
    },
  ],
  [
    "POST",
    /^\/contacts\/([^/]+)\/unmerge$/,
    (place, [id], body) => {
      const was = found(place.merged.get(String(body.other_id)));
      place.world.contacts.set(was.other.id, was.other);
      return Object.assign(contactOf(place, id), was.before);
    },
  ],
];
