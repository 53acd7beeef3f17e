import { day, say, time } from "../i18n";
import { ApiError } from "../net/api";
import type { Conversation } from "../net/types";
import { latinDigits } from "../parts/Field";
import { problemText } from "../parts/problem";
import type { Chat } from "../state/chat";
import { isTomorrow } from "./moments";
import { texts } from "./texts";

/** Asks to be called at this number, not before `notBefore` (ms since the epoch). */
export const askCallback = (chat: Chat, number: string, notBefore: number | null) =>
  chat.takeAnswer(
    chat.api.post<Conversation>("/callback", {
      address: latinDigits(number),
      not_before: notBefore && new Date(notBefore).toISOString(),
    }),
  );

/** Goes on waiting here; also when there was nothing to take back any more. */
export const takeBack = (chat: Chat) =>
  chat.takeAnswer(chat.api.post<Conversation>("/callback/done")).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== "no_callback") throw error;
  });

const REFUSALS: Record<string, keyof typeof texts> = {
  identity_invalid: "need_number",
  callback_time_invalid: "time_over",
  not_waiting: "not_waiting",
  callbacks_off: "calls_off",
};

/** Why a call could not be agreed, for the visitor. */
export function refusalOf(error: unknown): string {
  const known = error instanceof ApiError && REFUSALS[error.code];
  return known ? say(texts[known]) : problemText(error);
}

/** "Tomorrow, after 09:00". */
export const after = (moment: number): string =>
  say(texts.when_after, {
    day: isTomorrow(moment, Date.now()) ? say(texts.tomorrow) : day(moment),
    time: time(moment),
  });

/** The card of the queue takes the keyboard when the button that was pressed has gone. */
export function focusCard(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) document.getElementById("wait")?.focus();
  });
}
