import type { Attachment, PreChat } from "../net/types";

/**
 * What the visitor has said and the server has not confirmed. Each item stands in storage under
 * a key of its own, so that two open pages never overwrite one another's, and it goes only when
 * the server has confirmed it or the visitor deletes it. It is sent again under the same
 * `client_id`, which the server takes once.
 */
export interface Pending {
  client_id: string;
  text: string;
  attachments: Attachment[];
  pre_chat?: PreChat;
  /** ms since the epoch */
  created_at: number;
  /** Grows by one with each item made here: keeps the order of items of the same moment. */
  order: number;
  /** Set when the server refused it for good: it waits for the visitor, the others go on. */
  refused?: string;
}

export type Outbox = readonly Pending[];

export interface Store {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const inOrder = (a: Pending, b: Pending) => a.created_at - b.created_at || a.order - b.order;

export const add = (outbox: Outbox, item: Pending): Outbox => [...outbox, item].sort(inOrder);

export const remove = (outbox: Outbox, clientId: string): Outbox =>
  outbox.filter((item) => item.client_id !== clientId);

export const refuse = (outbox: Outbox, clientId: string, code: string): Outbox =>
  outbox.map((item) => (item.client_id === clientId ? { ...item, refused: code } : item));

/** Puts a refused item back into the line, at its place. */
export const retry = (outbox: Outbox, clientId: string): Outbox =>
  outbox.map((item) => {
    if (item.client_id !== clientId) return item;
    const { refused: _, ...again } = item;
    return again;
  });

/** What goes next: the oldest that is not refused. One goes at a time, so that order is kept. */
export const next = (outbox: Outbox): Pending | undefined => outbox.find((item) => !item.refused);

export const refused = (outbox: Outbox): Pending[] => outbox.filter((item) => item.refused);

function isPending(value: unknown): value is Pending {
  const item = value as Pending | null;
  return (
    typeof item?.client_id === "string" &&
    typeof item.text === "string" &&
    Array.isArray(item.attachments) &&
    Number.isFinite(item.created_at) &&
    Number.isFinite(item.order)
  );
}

/** Reads what an earlier page left; what can't be understood is dropped. */
export function load(store: Store, prefix: string): Outbox {
  const items: Pending[] = [];
  const broken: string[] = [];
  for (let i = 0; i < store.length; i++) {
    const key = store.key(i);
    if (!key?.startsWith(prefix)) continue;
    try {
      const value: unknown = JSON.parse(store.getItem(key) ?? "");
      if (!isPending(value)) throw new TypeError("not a pending message");
      items.push(value);
    } catch {
      broken.push(key);
    }
  }
  for (const key of broken) store.removeItem(key);
  return items.sort(inOrder);
}

/** Makes storage match `after`, touching only the items that differ from `before`. */
export function save(store: Store, prefix: string, before: Outbox, after: Outbox): void {
  for (const item of before)
    if (!after.some((kept) => kept.client_id === item.client_id))
      store.removeItem(prefix + item.client_id);
  for (const item of after)
    if (!before.includes(item)) store.setItem(prefix + item.client_id, JSON.stringify(item));
}
