import type { Definition } from "./definition.ts";

/** A fact that a flow reads, with a value that its condition asks for. */
export interface Fact {
  name: string;
  wanted: string;
}
interface Trigger {
  on: string;
  filter?: string;
}

/** What starts a flow by itself. */
export const triggerOf = (definition: Definition): Trigger | null =>
  (definition.trigger ?? null) as Trigger | null;

/** The facts of an event, among those that are `known`, which a flow reads. `at` is the step that
 * waits for it; null where the event begins the flow, whose steps then read all of them. */
export function factsRead(
  definition: Definition,
  known: readonly string[],
  at: string | null,
): Fact[] {
  const step = at === null ? undefined : definition.steps[at];
  const filter = String((at === null ? triggerOf(definition) : step)?.filter ?? "");
  const whole = JSON.stringify(definition.steps);
  return known
    .filter((name) => {
      const read = new RegExp(`\\b${name.replace(".", "\\.")}\\b`);
      const later = at === null || name.startsWith("event.");
      return read.test(filter) || (later && read.test(whole));
    })
    .map((name) => ({ name, wanted: wantedIn(filter, name) }));
}

/** What a condition asks of a fact: the text in `contains(it, 'x')`, the value in `it == 'x'`. */
function wantedIn(filter: string, name: string): string {
  const fact = name.replace(".", "\\.");
  const value = `(?:'([^']*)'|"([^"]*)"|(-?[0-9.]+|true|false)\\b)`;
  const found =
    new RegExp(`(?<!not\\s+)\\bcontains\\(\\s*${fact}\\s*,\\s*${value}`).exec(filter) ??
    new RegExp(`\\b${fact}\\s*==\\s*${value}`).exec(filter);
  return found?.slice(1).find((each) => each !== undefined) ?? "";
}

const DIGITS = [/[\u06f0-\u06f9]/g, /[\u0660-\u0669]/g] as const;

/** What is written as a value: a number or a yes or no where it looks like one. */
export function factOf(text: string): string | number | boolean {
  const trimmed = text.trim();
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  const western = DIGITS.reduce(
    (all, digits) => all.replace(digits, (digit) => String((digit.codePointAt(0) ?? 0) & 15)),
    trimmed,
  );
  return /^-?[0-9]{1,15}(\.[0-9]+)?$/.test(western) ? Number(western) : trimmed;
}
