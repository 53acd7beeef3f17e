import { ltr } from "@wasl/i18n";

/** What is wrong with the name of a field. */
export type FieldFault = "wrong" | "twice" | "key";

export const NAME = /^[a-z][a-z0-9_]{0,39}$/;
/** Names as they stand beside one another, each from left to right. */
export const listNames = (names: readonly string[]): string => names.map(ltr).join(" · ");
export const MOST_FIELDS = 20;
/** The column of a table that names its rows. */
export const KEY_COLUMN = "key";

/** For each name in turn. */
export const fieldFaults = (names: readonly string[]): (FieldFault | null)[] =>
  names.map((name, at) => {
    if (!NAME.test(name)) return "wrong";
    if (name === KEY_COLUMN) return "key";
    return names.indexOf(name) < at ? "twice" : null;
  });
