import { defaultsOf } from "./defaults.ts";

/** What the server's flow language has (its JSON Schema): only that is offered to be drawn. */
interface Schema {
  enum?: (string | null)[];
  anyOf?: Schema[];
}
interface Shape {
  properties?: Record<string, Schema>;
}
export interface FlowLanguage {
  /** A definition without and with what stands there by default. */
  lean: <T extends object>(definition: T) => T;
  full: <T extends object>(definition: T) => T;
  /** Whether it is read yet. */
  known: boolean;
  hasType: (type: string) => boolean;
  hasField: (type: string, field: string) => boolean;
  /** The values that a field may have; null where it is not a choice. */
  values: (type: string, field: string) => string[] | null;
  /** Of a part that is no step: "Entry", "Definition", "Trigger". */
  hasPart: (part: string, field: string) => boolean;
  partValues: (part: string, field: string) => string[] | null;
  /** What may be known of an event and of where it happens ("event.added"). */
  facts: (on: string) => string[];
}

export function languageOf(schema: object): FlowLanguage {
  const parts = ((schema as { $defs?: Record<string, Shape> }).$defs ?? {}) as Record<
    string,
    Shape
  >;
  const facts = (schema as { "x-facts"?: Record<string, string[]> })["x-facts"] ?? {};
  const steps = new Map<string, Shape>();
  for (const part of Object.values(parts))
    for (const type of part.properties?.type?.enum ?? []) if (type) steps.set(type, part);
  return {
    ...defaultsOf(schema),
    known: steps.size > 0,
    hasType: (type) => steps.has(type),
    hasField: (type, field) => field in (steps.get(type)?.properties ?? {}),
    values: (type, field) => valuesOf(steps.get(type)?.properties?.[field]),
    hasPart: (part, field) => field in (parts[part]?.properties ?? {}),
    partValues: (part, field) => valuesOf(parts[part]?.properties?.[field]),
    facts: (on) => [...(facts["*"] ?? []), ...(facts[on] ?? [])],
  };
}

function valuesOf(schema: Schema | undefined): string[] | null {
  const found = schema?.enum ?? schema?.anyOf?.find((each) => each.enum)?.enum;
  return found?.filter((value) => value !== null) ?? null;
}
