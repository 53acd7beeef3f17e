import type { FlowProblem } from "@wasl/api";
import type { Language } from "@wasl/i18n";
import type { Definition, Step, Texts } from "./definition.ts";
import { STEP_TYPES } from "./step-types.ts";

interface Labelled {
  label?: Texts;
  text?: Texts;
}

interface Card {
  title?: Texts;
  text?: Texts;
  picture?: { alt: Texts } | null;
  links?: { label: Texts }[];
}

/** Every text of a step that somebody has begun, or that must be there. */
export function textsOf(step: Step): Texts[] {
  const fields = STEP_TYPES[step.type]?.fields ?? [];
  return fields.flatMap((field) => {
    const value = step[field.id];
    if (field.kind === "texts") {
      const texts = (value ?? {}) as Texts;
      const optional = field.optional || field.spared?.(step);
      return optional && !Object.values(texts).some((each) => each?.trim()) ? [] : [texts];
    }
    if (field.kind === "entries" || (field.kind === "options" && (field.when?.(step) ?? true)))
      return ((value ?? []) as Labelled[]).map(({ label }) => label ?? {});
    if (field.kind === "card" && value) {
      const { title, text, picture, links = [] } = value as Card;
      const begun = [title, text].filter((each) => Object.values(each ?? {}).some(Boolean));
      return [...begun, picture?.alt, ...links.map(({ label }) => label)].filter(
        (each): each is Texts => each !== undefined,
      );
    }
    if (field.kind === "answers")
      return ((value ?? []) as Labelled[]).map(({ text }) => text ?? {});
    return [];
  });
}

/** The languages of the flow that lack some text of the step. */
export const missingIn = (definition: Definition, step: Step): Language[] =>
  definition.languages.filter((language) =>
    textsOf(step).some((texts) => !texts[language]?.trim()),
  );

export const isUnsaid = ({ code }: FlowProblem): boolean =>
  code === "text_missing" || code === "name_missing";

/** What is in the way of publishing, without what lacked in a language that the flow speaks no
 * more: problems are read again a moment after the definition changes. */
export const inTheWay = (definition: Definition, problems: readonly FlowProblem[]): FlowProblem[] =>
  problems.filter(
    (each) =>
      !each.warning &&
      !(isUnsaid(each) && !definition.languages.includes(each.params.language as Language)),
  );

/** The languages in which everything is said, when all that is in the way is that others lack
 * texts; else none. */
export function wholeLanguages(definition: Definition, wrong: readonly FlowProblem[]): Language[] {
  if (wrong.length === 0 || !wrong.every(isUnsaid)) return [];
  const lacking = new Set(wrong.map(({ params }) => params.language));
  return definition.languages.filter((language) => !lacking.has(language));
}
