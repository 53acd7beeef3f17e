import type { Why } from "@wasl/api";
import { isolate, useFormat, useHasText, useLocale, useT } from "@wasl/i18n";
import { useCallback } from "react";

const LANGUAGE = "language:";

/** The name of a language in the reader's; what is no language's code stays as it is written. */
export function useLanguageName(): (code: string) => string {
  const { language } = useLocale();
  return useCallback(
    (code) => {
      try {
        return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
      } catch {
        return code;
      }
    },
    [language],
  );
}

/** A skill in words; a language is named `language:fa`. */
export function useSkillName(): (skill: string) => string {
  const languageName = useLanguageName();
  return useCallback(
    (skill) =>
      skill.startsWith(LANGUAGE) ? languageName(skill.slice(LANGUAGE.length)) : isolate(skill),
    [languageName],
  );
}

/** Skills with the least level that would do: "Persian 5 and returns 4". */
export function useNeeded(): (lacking: readonly { name: string; least: number }[]) => string {
  const format = useFormat();
  const skillName = useSkillName();
  return useCallback(
    (lacking) =>
      format.list(lacking.map((one) => `${skillName(one.name)} ${format.number(one.least)}`)),
    [format, skillName],
  );
}

/** Why an agent was offered something, in a few words. */
export function useWhy(): (why: Why, queue: string) => string {
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const languageName = useLanguageName();
  return useCallback(
    ({ code, params }, queue) => {
      if (code === "strategy") return t(`desk.why_strategy_${params.name}`);
      const id = `desk.why_${code}`;
      if (!has(id)) return code;
      const name = String(params.name ?? "");
      return t(id, {
        time: format.span(Number(params.s ?? 0)),
        queue: isolate(queue),
        n: Number(params.n ?? 0),
        name: code === "language" ? languageName(name) : isolate(name),
        level: Number(params.level ?? 0),
      });
    },
    [t, has, format, languageName],
  );
}
