import type { Definition, Step } from "./definition.ts";

/** A name that steps give a value, and the step that does; none for what is always known. */
export interface Value {
  name: string;
  step?: string;
}

/** The fields of each kind of records. */
type Fields = Readonly<Record<string, readonly string[]>>;

/** The names that conditions and texts of a flow may read, in the order of its steps. */
export function valuesIn({ steps, parameters = [] }: Definition, fields: Fields = {}): Value[] {
  const saved = Object.entries(steps).flatMap(([step, one]) =>
    savedBy(one, fields).map((name) => ({ name, step })),
  );
  const all = [...saved, ...[...parameters, "said", "language"].map((name) => ({ name }))];
  return all.filter(({ name }, n) => all.findIndex((each) => each.name === name) === n);
}

/** What stands in what is looked up or booked. */
const PARTS: Record<string, readonly string[]> = {
  order: ["code", "status", "items"],
  contact: ["name", "city"],
  booking: ["date", "time"],
};

function savedBy({ type, save, values, what, kind }: Step, fields: Fields): string[] {
  if (type === "set") return Object.keys((values ?? {}) as object);
  if (typeof save === "object" && save !== null) return Object.keys(save);
  if (typeof save !== "string" || save === "") return [];
  const looked = what === "record" ? ["key", ...(fields[String(kind)] ?? [])] : PARTS[String(what)];
  const parts = type === "book" ? PARTS.booking : type === "lookup" && looked;
  return parts ? [save, ...parts.map((part) => `${save}.${part}`)] : [save];
}

/** Those that a text can hold: of what has parts, its parts. */
export function tellable(all: readonly Value[]): Value[] {
  return all.filter(({ name }) => !all.some((each) => each.name.startsWith(`${name}.`)));
}
