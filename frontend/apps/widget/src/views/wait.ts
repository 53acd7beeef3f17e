import { minutes, t } from "../i18n";
import type { Chat } from "../state/chat";

/** The place in the queue and the wait to be expected, as far as they are known. */
export function waitText(chat: Chat): string {
  const { place: n, expected_wait_s: wait } = chat.conversation.value ?? {};
  if (n) return t(wait ? "place_wait" : "place", { n, time: minutes(wait ?? 0) });
  const soon = chat.config.value?.expected_reply.code === "minutes";
  return t(soon ? "wait_minutes" : "wait_hours");
}
