import type { ClientMessage, Conversation, MessageState, TimelinePage } from "../net/types";

/** What the visitor has of the timeline, oldest first; a message is in it once. */
export interface Timeline {
  messages: readonly ClientMessage[];
  /** Cursor of what is older; null at the beginning, undefined before the first page. */
  older: string | number | null | undefined;
  conversation: Conversation | null;
}

export const EMPTY: Timeline = { messages: [], older: undefined, conversation: null };

const PROGRESS: Record<MessageState, number> = {
  unknown: 0,
  failed: 0,
  queued: 1,
  sending: 2,
  sent: 3,
  delivered: 4,
  read: 5,
};

/** The later word about one message; a receipt that comes late never takes a tick away. */
function newer(known: ClientMessage, said: ClientMessage): ClientMessage {
  const back =
    known.state &&
    said.state &&
    said.state !== "failed" &&
    PROGRESS[said.state] < PROGRESS[known.state];
  return back ? { ...said, state: known.state } : said;
}

const same = (a: ClientMessage, b: ClientMessage) =>
  a.id === b.id || (a.client_id !== null && a.client_id === b.client_id);

/** Puts messages in by `seq`; what is known already, by id or by client id, is replaced. */
export function merge(
  messages: readonly ClientMessage[],
  said: readonly ClientMessage[],
): ClientMessage[] {
  const merged = [...messages];
  for (const message of said) {
    const at = merged.findIndex((known) => same(known, message));
    const known = merged[at];
    if (known) merged[at] = newer(known, message);
    else merged.push(message);
  }
  return merged.sort((a, b) => a.seq - b.seq);
}

/** The newest `seq` that is known: the point to resume from. */
export const lastSeq = (timeline: Timeline): number => timeline.messages.at(-1)?.seq ?? 0;

/**
 * A page of the newest messages, from the socket's snapshot or over HTTP. It joins what is known,
 * unless something lies between them that it did not bring: then it replaces it, so that the
 * visitor never reads over a hole.
 */
export function takeSnapshot(timeline: Timeline, page: TimelinePage): Timeline {
  const first = page.items[0];
  const hole = first && page.next !== null && first.seq > lastSeq(timeline) + 1;
  const keep = timeline.older !== undefined && !hole;
  return {
    messages: merge(keep ? timeline.messages : [], page.items),
    older: keep ? timeline.older : page.next,
    conversation: page.conversation,
  };
}

/** A page from before what is known. */
export function takeOlder(timeline: Timeline, page: TimelinePage): Timeline {
  return { ...timeline, messages: merge(timeline.messages, page.items), older: page.next };
}

export function takeMessage(timeline: Timeline, message: ClientMessage): Timeline {
  return { ...timeline, messages: merge(timeline.messages, [message]) };
}

/** Our side has read up to `seq`. Reading only moves on. */
export function takeAgentRead(timeline: Timeline, seq: number): Timeline {
  const { conversation } = timeline;
  if (!conversation || conversation.agent_read_seq >= seq) return timeline;
  return { ...timeline, conversation: { ...conversation, agent_read_seq: seq } };
}

export function takeContactRead(timeline: Timeline, seq: number): Timeline {
  const { conversation } = timeline;
  if (!conversation || conversation.contact_read_seq >= seq) return timeline;
  return { ...timeline, conversation: { ...conversation, contact_read_seq: seq } };
}

/** Messages of ours that the visitor has not read. */
export function unread(timeline: Timeline): number {
  const read = timeline.conversation?.contact_read_seq ?? 0;
  return timeline.messages.filter((m) => m.direction === "out" && m.seq > read && !m.deleted_at)
    .length;
}

/** How far a message of the visitor has come, for its ticks. */
export function progress(
  message: ClientMessage,
  agentReadSeq: number,
): "sent" | "delivered" | "read" {
  if (message.seq <= agentReadSeq || message.state === "read") return "read";
  return message.state === "delivered" ? "delivered" : "sent";
}
