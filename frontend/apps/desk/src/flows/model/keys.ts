import { NAME } from "./definition.ts";

export const LONGEST_KEY = 40;
const NEUTRAL = "flow";

/** A key from a flow's name that no flow has yet: of its Latin letters and digits, else "flow" with
 * a number. */
export function keyFor(name: string, taken: readonly string[]): string {
  if (name.trim() === "") return "";
  const stem = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, LONGEST_KEY);
  return NAME.test(stem) ? freeKey(stem, taken) : numbered(NEUTRAL, 1, taken);
}

export const freeKey = (wanted: string, taken: readonly string[]): string =>
  taken.includes(wanted) ? numbered(wanted, 2, taken) : wanted;

function numbered(stem: string, first: number, taken: readonly string[]): string {
  for (let n = first; ; n += 1) {
    const key = `${stem.slice(0, LONGEST_KEY - String(n).length - 1)}_${n}`;
    if (!taken.includes(key)) return key;
  }
}
