import type { ChannelRef, Message } from "@wasl/api";

/** What stands in the timeline: the messages, and what must be said between them. */
export type Entry =
  | { type: "day"; key: string; at: string }
  | { type: "switch"; key: string; from: ChannelRef | null; to: ChannelRef; at: string }
  | { type: "bubble"; key: string; message: Message; first: boolean; last: boolean }
  | { type: "mail"; key: string; message: Message }
  | { type: "note"; key: string; message: Message }
  | { type: "activity"; key: string; message: Message }
  | { type: "run"; key: string; run: string; name: string };

const GROUP_GAP_MS = 5 * 60_000;
const dayOf = (at: string) => new Date(at).toDateString();
const isMail = (m: Message) => m.email !== null || Boolean(m.subject);

/** The last of what each flow's run has put here, by that message: there its steps can be looked at. */
function lastOfRuns(messages: readonly Message[]): Map<string, { run: string; name: string }> {
  const runs = new Map<string, Message>();
  for (const message of messages) {
    const { kind, id } = message.author;
    if (kind === "flow" && id) runs.set(id, message);
  }
  return new Map(
    [...runs].map(([run, { id, author }]) => [id, { run, name: author.name ?? "" }] as const),
  );
}

function typeOf(message: Message): "bubble" | "mail" | "note" | "activity" {
  if (message.kind !== "message") return message.kind;
  return isMail(message) ? "mail" : "bubble";
}

const speaker = (m: Message) => `${m.direction}:${m.author.kind}:${m.author.id}`;

/** `messages` in the order of their `seq`. A channel change is told by the legs of the messages. */
export function makeEntries(messages: readonly Message[]): Entry[] {
  const entries: Entry[] = [];
  let day = "";
  let channel: ChannelRef | null = null;
  let previous: Extract<Entry, { type: "bubble" }> | null = null;
  const lasts = lastOfRuns(messages);
  for (const message of messages) {
    if (message.activity?.code === "continued") continue; // the divider tells it
    const at = message.created_at;
    if (dayOf(at) !== day) {
      day = dayOf(at);
      entries.push({ type: "day", key: `day:${day}`, at });
      previous = null;
    }
    if (message.kind === "message" && message.channel && message.channel.id !== channel?.id) {
      if (channel)
        entries.push({
          type: "switch",
          key: `switch:${message.id}`,
          from: channel,
          to: message.channel,
          at,
        });
      channel = message.channel;
      previous = null;
    }
    const type = typeOf(message);
    if (type !== "bubble") {
      entries.push({ type, key: message.id, message });
      previous = null;
    } else {
      const joins: boolean =
        previous !== null &&
        speaker(previous.message) === speaker(message) &&
        Date.parse(at) - Date.parse(previous.message.created_at) < GROUP_GAP_MS;
      if (joins && previous) previous.last = false;
      previous = { type, key: message.id, message, first: !joins, last: true };
      entries.push(previous);
    }
    const ends = lasts.get(message.id);
    if (ends) entries.push({ type: "run", key: `run:${ends.run}`, ...ends });
  }
  return entries;
}

/** Newest knowledge of each message, by `seq`; what the socket told wins over older pages. */
export function mergeMessages(older: readonly Message[], newer: readonly Message[]): Message[] {
  const byId = new Map<string, Message>();
  for (const message of [...older, ...newer]) {
    const known = byId.get(message.id);
    if (!known || message.version >= known.version) byId.set(message.id, message);
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}
