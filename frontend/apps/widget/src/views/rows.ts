import type { ClientMessage } from "../net/types";
import type { Notice } from "../state/notices";
import type { Outbox, Pending } from "../state/outbox";

/** The lines of the thread, in order. */
export type Row =
  | { kind: "day"; key: string; at: string }
  | { kind: "channel"; key: string; channel: string }
  | { kind: "notice"; key: string; notice: Notice }
  | { kind: "message"; key: string; message: ClientMessage; last: boolean }
  | { kind: "lost"; key: string; since: number }
  | { kind: "pending"; key: string; item: Pending };

const dayOf = (iso: string) => new Date(iso).toDateString();

/** `last` is true for a message that ends a run of the same speaker: there the picture stands. */
export function rowsOf(
  messages: readonly ClientMessage[],
  notices: readonly Notice[],
  outbox: Outbox,
  lostSince: number | null,
): Row[] {
  const rows: Row[] = [];
  const notesAfter = (from: number, to: number) => {
    notices.forEach((notice, at) => {
      if (notice.after_seq >= from && notice.after_seq < to)
        rows.push({ kind: "notice", key: `notice-${at}`, notice });
    });
  };
  messages.forEach((message, at) => {
    const before = messages[at - 1];
    const after = messages[at + 1];
    if (before) notesAfter(before.seq, message.seq);
    if (!before || dayOf(before.created_at) !== dayOf(message.created_at))
      rows.push({ kind: "day", key: `day-${message.id}`, at: message.created_at });
    // The line that says where it goes on has said it already.
    const above = rows.at(-1);
    const said = above?.kind === "notice" && above.notice.kind === "moved";
    if (before && before.channel_kind !== message.channel_kind && !said)
      rows.push({ kind: "channel", key: `channel-${message.id}`, channel: message.channel_kind });
    const last =
      !after ||
      after.direction !== message.direction ||
      after.author.name !== message.author.name ||
      after.channel_kind !== message.channel_kind;
    rows.push({ kind: "message", key: message.client_id ?? message.id, message, last });
  });
  notesAfter(messages.at(-1)?.seq ?? 0, Number.POSITIVE_INFINITY);
  if (lostSince !== null && outbox.length)
    rows.push({ kind: "lost", key: "lost", since: lostSince });
  for (const item of outbox) rows.push({ kind: "pending", key: item.client_id, item });
  return rows;
}
