import type { FlowProblem } from "@wasl/api";
import {
  isolate,
  LANGUAGE_NAMES,
  type Language,
  ltr,
  useFormat,
  useHasText,
  useLocale,
  useT,
} from "@wasl/i18n";
import { useMemo } from "react";
import { useNamed } from "../names.ts";
import { useQueues } from "../settings/queries.ts";
import { tellCondition } from "./model/condition.ts";
import { type Definition, NOWHERE, type Step, said } from "./model/definition.ts";
import { type Exit, exitsOf } from "./model/exits.ts";
import { type Value, valuesIn } from "./model/values.ts";
import { useRecordFields } from "./record-fields.ts";
import { useResponses } from "./responses.ts";

/** Steps in words: what they are called, one line of what they hold, their exits and problems. */
export function useWords(definition: Definition) {
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const named = useNamed();
  const { language } = useLocale();
  const queues = useQueues();
  const queueList = queues.data;
  const recordFields = useRecordFields(definition);
  const responses = useResponses(Object.values(definition.steps).some(({ template }) => template));
  return useMemo(() => {
    const text = (texts: unknown) => said(texts, language, definition.languages);
    const maybe = (id: string, otherwise: string) => (has(id) ? t(id) : otherwise);

    const typeName = (type: string) => maybe(`flows.type.${type}`, type);
    const queueName = (id: unknown) => {
      const queue = queueList?.find((each) => each.id === id);
      return queue ? named(queue.names) : "";
    };
    const line = (step: Step): string => {
      const response = responses?.find(({ short }) => short === step.template);
      const words = text(response?.text ?? step.text);
      switch (step.type) {
        case "branch":
          return t("flows.line.cases", { n: ((step.cases as object[]) ?? []).length });
        case "set":
        case "contact":
          return ltr(Object.keys((step.values as object) ?? {}).join(", "));
        case "hours":
          return ltr(String(step.zone ?? ""));
        case "wait":
          if (step.event) return maybe(`flows.trigger.on.${step.event}`, String(step.event));
          return step.until ? ltr(String(step.until)) : format.span(Number(step.seconds ?? 0));
        case "language":
          return step.to ? LANGUAGE_NAMES[step.to as Language] : t("flows.line.language");
        case "lookup": {
          const what = maybe(`flows.option.what.${step.what}`, String(step.what));
          return step.what === "record" ? `${what} · ${ltr(String(step.kind ?? ""))}` : what;
        }
        case "http":
          return ltr(`${step.method ?? ""} ${step.url ?? ""}`);
        case "tag":
          return format.list(((step.tags as string[]) ?? []).map(isolate));
        case "status":
        case "order":
          return maybe(`flows.option.to.${step.to}`, String(step.to));
        case "flow":
          return ltr(String(step.flow ?? ""));
        case "record":
          return ltr(String(step.kind ?? ""));
        case "book":
          return ltr(String(step.calendar ?? ""));
        case "handover":
        case "assign":
          return queueName(step.queue) || t("flows.line.own_queue");
        default:
          if (words) return t("flows.line.quote", { text: isolate(words) });
          return step.template ? ltr(`/${step.template}`) : t("flows.line.empty");
      }
    };
    const exit = ({ id, texts, when }: Exit): string => {
      if (when !== undefined) return condition(when);
      if (texts !== undefined) return text(texts) || t("flows.line.entry", { n: placeOf(id) });
      return maybe(`flows.exit.${id}`, id);
    };
    /** What leads out by an exit, where that is not plain. */
    const exitAbout = (type: string, id: string): string | undefined =>
      maybe(`flows.exit_about.${type}.${id}`, maybe(`flows.exit_about.${id}`, "")) || undefined;
    /** A name that has a value, by what gives it. */
    const valueName = ({ name, step }: Value): string => {
      const from = step === undefined ? undefined : definition.steps[step];
      const part = name.includes(".") ? ltr(name.slice(name.indexOf(".") + 1)) : "";
      if (!from) return maybe(`flows.value.${name}`, ltr(name));
      const asked = text(from.label) || (from.type === "ask" ? text(from.text) : "");
      const said = asked || `${typeName(from.type)} · ${ltr(name)}`;
      return part && asked ? `${isolate(asked)} · ${part}` : said;
    };
    const values = valuesIn(definition, recordFields);
    /** A condition as its row says it; as it is written where it has no row. */
    const condition = (source: string): string =>
      tellCondition(source, t, (name) =>
        valueName(values.find((each) => each.name === name) ?? { name }),
      ) ?? ltr(source);
    const stepName = (id: string) => {
      const step = definition.steps[id];
      return step ? `${typeName(step.type)} · ${ltr(id)}` : t("flows.nowhere");
    };
    const problem = ({ code, params }: FlowProblem): string => {
      const values = Object.fromEntries(
        Object.entries(params).map(([name, value]) => [name, readable(name, value)]),
      );
      const all = NO_PARAMS;
      return has(`flows.problem.${code}`)
        ? t(`flows.problem.${code}`, { ...all, ...values })
        : t("flows.problem.other", { code: ltr(code) });
    };
    const readable = (name: string, value: string | number): string | number => {
      if (typeof value === "number") return value;
      if (name === "language") return LANGUAGE_NAMES[value as Language] ?? value;
      if (name === "to") return value === NOWHERE ? t("flows.nowhere") : ltr(value);
      if (name === "sentence") return isolate(value);
      if (name === "in" || name === "text") {
        const [, list, place] = /^(entry|option|case|answer)_(\d+)$/.exec(value) ?? [];
        return list
          ? t(`flows.place.${list}`, { n: Number(place) })
          : maybe(`flows.field.${value}`, ltr(value));
      }
      return ltr(value);
    };
    /** The first exit of a step that leads nowhere and should lead somewhere. */
    const deadExit = (id: string): string | null => {
      const step = definition.steps[id];
      const dead =
        step && exitsOf(step).find((e) => e.needed && !(e.to && e.to in definition.steps));
      return dead?.id ?? null;
    };
    const step = (id: string): Step | undefined => definition.steps[id];
    const names = { typeName, stepName, queueName, values, valueName };
    return { t, step, text, deadExit, ...names, line, exit, exitAbout, problem, maybe };
  }, [definition, t, has, format, named, language, queueList, recordFields, responses]);
}
export type Words = ReturnType<typeof useWords>;

const NO_PARAMS = {
  ...{ language: "", to: "", in: "", name: "", text: "", at: 0, zone: "", flow: "" },
  ...{ place: 0, other: 0, least: 0, most: 0, sentence: "", kind: "" },
};
const placeOf = (id: string) => Number(id.split(".")[1]) + 1;
