import type { Conversation } from "@wasl/api";

export type Ability = "reply" | "note" | "transfer" | "resolve" | "snooze" | "pick";

/**
 * What the page offers to one of us. The server decides again on every request: the holder speaks,
 * and what nobody holds is picked up by answering it.
 */
export function abilitiesOf(conversation: Conversation, userId: string): Ability[] {
  const { assignee, state, status } = conversation;
  const mine = assignee?.id === userId;
  if (state === "active" && assignee && !mine) return ["note"];
  const waits = !mine && status === "open" && state !== "completed" && state !== "wrap_up";
  return ["reply", "note", "transfer", "resolve", "snooze", ...(waits ? (["pick"] as const) : [])];
}
