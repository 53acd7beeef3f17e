import { LANGS, LANGUAGE_NAMES, lang, say } from "./language";

export function LanguageSwitch() {
  return (
    <fieldset class="switch" aria-label={say({ en: "Language", fa: "زبان", ar: "اللغة" })}>
      {LANGS.map((one) => (
        <button
          type="button"
          key={one}
          lang={one}
          aria-pressed={lang.value === one}
          onClick={() => (lang.value = one)}
        >
          {LANGUAGE_NAMES[one]}
        </button>
      ))}
    </fieldset>
  );
}
