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
      return field.optional && !Object.values(texts).some((each) => each?.trim()) ? [] : [texts];
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
