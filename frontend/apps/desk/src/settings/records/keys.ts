/** Letters and digits that the server takes for one another when it looks for a row. */
const SAME: readonly (readonly [string, string])[] = [
  ["ی", "يىېۍےئ"],
  ["ک", "كڪ"],
  ["ا", "أإآٱٲٳ"],
  ["و", "ؤ"],
  ["ه", "ةۀۂۃەہھ"],
  ["", "ءـ٬"],
  [".", "٫"],
  ...["٠۰", "١۱", "٢۲", "٣۳", "٤۴", "٥۵", "٦۶", "٧۷", "٨۸", "٩۹"].map(
    (digits, value) => [String(value), digits] as const,
  ),
];
const ONE = new Map(SAME.flatMap(([letter, others]) => [...others].map((each) => [each, letter])));

/** What keys are compared as: one spelling of letters and digits, single blanks, no other signs. */
export const foldKey = (key: string): string =>
  [...key.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "")]
    .map((letter) => ONE.get(letter) ?? letter)
    .join("")
    .replace(/\p{Cf}/gu, "")
    .replace(/(?<!\d)\.|\.(?!\d)|[^\p{L}\p{N}.]/gu, " ")
    .trim()
    .replace(/ +/g, " ");

/** A row's key as a part of the page's address, where / parts and dots lead elsewhere. */
export const partOf = (key: string): string =>
  key.replace(/[%/.]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
export const keyOf = (part: string): string =>
  part.replace(/%(25|2f|2e)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
