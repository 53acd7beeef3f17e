import { LANGUAGES, type Language } from "@wasl/i18n";

/** A flow as the server keeps it (docs/flow.schema.json). Steps stay loose: what a type unknown here
 * has is kept as it is. */
export type Texts = Partial<Record<Language, string>>;
/** Sentences that mean something, by language. */
export type Sentences = Partial<Record<Language, string[]>>;
export interface Step {
  type: string;
  comment?: string;
  [field: string]: unknown;
}
export interface Place {
  x: number;
  y: number;
}
export interface Definition {
  schema: string;
  name: Texts;
  languages: Language[];
  start: string;
  steps: Record<string, Step>;
  person?: string | null;
  parameters?: string[];
  results?: string[];
  layout?: Record<string, Place>;
  [more: string]: unknown;
}

/** Where an exit that must lead somewhere leads while it leads nowhere: no step is called so. */
export const NOWHERE = "nowhere";
export const NAME = /^[a-z][a-z0-9_]{0,39}$/;
/** Of a step on the canvas. */
export const STEP_WIDTH = 184;

export const blankFlow = (name: Texts, languages: readonly Language[] = LANGUAGES): Definition => ({
  schema: "wasl.flow/1",
  name,
  languages: [...languages],
  start: "hello",
  steps: { hello: { type: "say", text: {}, next: NOWHERE } },
  layout: { hello: { x: 0, y: 0 } },
});

/** Without what is left at its default: what is empty says nothing. */
export function tidy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(tidy) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, tidy(each)] as const)
      .filter(([, each]) => !isEmpty(each)),
  ) as T;
}

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  (typeof value === "object" && Object.keys(value).length === 0);

/** A flow's text in a language, else in the first of the flow's that has one. */
export function said(texts: unknown, language: Language, order: readonly Language[]): string {
  const known = (texts ?? {}) as Texts;
  return [language, ...order].map((each) => known[each]?.trim()).find(Boolean) ?? "";
}
