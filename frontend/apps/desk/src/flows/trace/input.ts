import type { TraceInput } from "@wasl/api";
import { isolate, type useT } from "@wasl/i18n";

/** The server shows so many characters of a message. */
const LONGEST = 200;

/** What came in at a step, in words; nothing for an answer from outside, which its way tells. */
export function toldInput(
  input: TraceInput | null,
  t: ReturnType<typeof useT>,
  event: (type: string) => string,
): string {
  if (!input || input.kind === "found") return "";
  if (input.kind === "moment") return t("flows.trace.time_up");
  if (input.kind === "event") return t("flows.trace.came_event", { what: event(input.event) });
  const { text = "", files = 0 } = input;
  const whole = text.trim();
  const told = [
    whole && t("flows.trace.wrote", { text: isolate(text.length < LONGEST ? whole : `${whole}…`) }),
    files > 0 && t("flows.trace.files", { n: files }),
  ].filter(Boolean);
  return told.join(" · ") || t("flows.trace.gone");
}
