import type { FlowRun, TracedStep } from "@wasl/api";
import { isolate, ltr, useFormat, useHasText, useLocale, useT } from "@wasl/i18n";
import { said } from "../model/definition.ts";
import { toldInput } from "./input.ts";

/** What these do came to something when they go on. */
const ACTS = new Set(["http", "contact", "order", "record", "send", "cancel_booking"]);

/** A run and its steps in words, for people who did not draw the flow. */
export function useTraceWords(run: FlowRun) {
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const { language } = useLocale();
  const maybe = (id: string, otherwise: string) => (has(id) ? t(id) : otherwise);
  const text = (texts: unknown) => said(texts, language, run.languages);
  const name = (flow = "") => text(run.names[flow]) || ltr(flow || run.flow.key);
  const event = (on: string) => maybe(`flows.trigger.on.${on}`, ltr(on));
  const type = (kind: string) => maybe(`flows.type.${kind}`, ltr(kind));

  /** What a step is about: what it is called, says or waits for. */
  const about = (step: TracedStep): string => {
    const words = text(step.texts);
    if (words) return isolate(words);
    return step.event ? event(step.event) : ltr(step.step);
  };
  /** What came in there. */
  const came = ({ input }: TracedStep) => toldInput(input, t, event);
  /** How it was left, or what it did while the run stayed; nothing for what goes on as usual, or
   * for what is told by what came in. */
  const way = (step: TracedStep): string => {
    const { kind, way: id, taken, when, event: waited } = step;
    const entry = text(taken);
    if (entry) return t("flows.trace.chose", { entry: isolate(entry) });
    if (when) return ltr(when);
    if (id === "next") {
      if (came(step)) return "";
      if (kind === "ask" || kind === "rate") return t("flows.trace.answered");
      if (ACTS.has(kind)) return t("flows.trace.done");
      if (kind === "wait") return t(waited ? "flows.trace.happened" : "flows.trace.time_up");
      return "";
    }
    return [`flows.way.${kind}.${id}`, `flows.way.${id}`, `flows.exit.${id}`].reduceRight(
      (otherwise, each) => maybe(each, otherwise),
      ltr(id),
    );
  };
  const found = ({ detail }: TracedStep): string =>
    [
      maybe(`flows.engine.${detail?.engine}`, detail?.engine ?? ""),
      typeof detail?.confidence === "number" ? format.percent(detail.confidence) : "",
    ]
      .filter(Boolean)
      .join(" · ");
  /** How the run ended, or what it waits for. */
  const end = (): string => {
    const { status, reason, waiting } = run;
    if (waiting) {
      const at = isolate(waiting.until ? format.dateTime(waiting.until) : "");
      if (waiting.for === "look_up" || !waiting.until) return t("flows.trace.waits.look_up");
      if (waiting.event) return t("flows.trace.waits.event", { what: event(waiting.event), at });
      return t(`flows.trace.waits.${waiting.for === "moment" ? "moment" : "answer"}`, { at });
    }
    const how = t(`flows.runs.status.${status}`);
    if (!reason || reason === "step") return how;
    const why = maybe(`flows.reason.${reason}`, ltr(reason));
    return t("flows.trace.ended", { status: how, why });
  };
  return { t, format, name, event, type, about, came, way, found, end };
}
export type TraceWords = ReturnType<typeof useTraceWords>;
