/** What a person chose about reading: language, calendar and digits, never inferred from one another. */
export type Language = "en" | "fa" | "ar";
export type CalendarName = "gregory" | "persian" | "islamic-umalqura";
export type Digits = "latn" | "arabext" | "arab";
export interface Locale {
  language: Language;
  calendar: CalendarName;
  digits: Digits;
}

export const LANGUAGES: readonly Language[] = ["en", "fa", "ar"];
/** Each language in its own name. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: "English",
  fa: "فارسی",
  ar: "العربية",
};

const REGION: Record<Language, string> = { en: "en-GB", fa: "fa-IR", ar: "ar-SA" };

const USUAL: Record<Language, Locale> = {
  en: { language: "en", calendar: "gregory", digits: "latn" },
  fa: { language: "fa", calendar: "persian", digits: "arabext" },
  ar: { language: "ar", calendar: "gregory", digits: "latn" },
};

export const usualLocale = (language: Language): Locale => USUAL[language];
export const directionOf = (language: Language): "ltr" | "rtl" =>
  language === "en" ? "ltr" : "rtl";
/** The BCP 47 tag, for example `fa-IR-u-ca-persian-nu-arabext`. */
export const tagOf = (locale: Locale): string =>
  `${REGION[locale.language]}-u-ca-${locale.calendar}-nu-${locale.digits}`;

export const isLanguage = (value: unknown): value is Language =>
  LANGUAGES.includes(value as Language);

/** The language the browser asks for, English when it asks for none of ours. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.slice(0, 2).toLowerCase();
    if (isLanguage(language)) return language;
  }
  return "en";
}
