/**
 * Isolation inside plain strings (spoken labels, titles, ICU values), where `<bdi>` can't stand.
 * `ltr` is for codes, numbers and addresses; `isolate` for names, whose direction is their own.
 */
export const ltr = (text: string) => `\u2066${text}\u2069`;
export const isolate = (text: string) => `\u2068${text}\u2069`;
