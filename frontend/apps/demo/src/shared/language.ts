import { effect } from "@preact/signals";
import { dir, LANGS, lang, langOf } from "@wasl/widget/src/i18n";
import type { Lang, Texts } from "@wasl/widget/src/net/types";

const KEPT = "wasl.demo.lang";

/** Takes the language from the address, from last time, or from the browser; the page follows it. */
export function followLanguage(title: Texts): void {
  const asked = new URLSearchParams(location.search).get("lang");
  lang.value = langOf(asked ?? localStorage.getItem(KEPT) ?? navigator.language);
  effect(() => {
    document.documentElement.lang = lang.value;
    document.documentElement.dir = dir.value;
    document.title = title[lang.value];
    localStorage.setItem(KEPT, lang.value);
  });
}

export const say = (texts: Texts): string => texts[lang.value];
export const LANGUAGE_NAMES: Record<Lang, string> = { en: "English", fa: "فارسی", ar: "العربية" };
export { LANGS, lang };
