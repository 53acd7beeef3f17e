/**
 * A channel kind's `Config` schema as a form: pure, so that it can be tested without a page.
 * Understands what Pydantic writes: `$ref`, `anyOf` with null, enums, nested objects, lists.
 */
export type Config = Record<string, unknown>;
export type Path = readonly (string | number)[];

interface Base {
  name: string;
  /** A message id, or words when the adapter wrote none. */
  title: string;
  help: string | null;
  required: boolean;
  initial: unknown;
}
export interface TextPart extends Base {
  type: "text";
  lines: boolean;
  format: string | null;
  least: number;
  most: number | null;
  pattern: string | null;
}
export interface SecretPart extends Base {
  type: "secret";
  lines: boolean;
}
export interface NumberPart extends Base {
  type: "number";
  min: number | null;
  max: number | null;
}
export interface SwitchPart extends Base {
  type: "switch";
}
export interface SelectPart extends Base {
  type: "select";
  choices: string[];
}
/** One of our channels that speaks to identities of a kind; empty for none in particular. */
export interface ChannelPart extends Base {
  type: "channel";
  identityKind: string;
}
export interface ListPart extends Base {
  type: "list";
  most: number | null;
  item: Part;
}
export interface SectionPart extends Base {
  type: "section";
  /** It may be left out as a whole. */
  optional: boolean;
  parts: Part[];
}
/** A shape that no field fits: written as JSON. */
export interface JsonPart extends Base {
  type: "json";
}
export type Part =
  | TextPart
  | SecretPart
  | NumberPart
  | SwitchPart
  | SelectPart
  | ChannelPart
  | ListPart
  | SectionPart
  | JsonPart;

type Schema = Record<string, unknown>;
const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const numberOr = (value: unknown): number | null => (typeof value === "number" ? value : null);
const stringOr = (value: unknown): string | null => (typeof value === "string" ? value : null);

const LONG_TEXT = 500;
const DEEPEST = 8;

export function readSchema(schema: Schema): Part[] {
  const definitions = isObject(schema.$defs) ? schema.$defs : {};

  function resolve(given: Schema): { schema: Schema; nullable: boolean } {
    let found = given;
    let nullable = false;
    for (let depth = 0; depth < DEEPEST; depth++) {
      const ref = stringOr(found.$ref);
      const options = Array.isArray(found.anyOf) ? found.anyOf.filter(isObject) : null;
      const only = Array.isArray(found.allOf) && isObject(found.allOf[0]) ? found.allOf[0] : null;
      let next: Schema | undefined;
      if (ref) next = definitions[ref.slice("#/$defs/".length)] as Schema | undefined;
      else if (only) next = only;
      else if (options?.some((option) => option.type === "null")) {
        nullable = true;
        next = options.find((option) => option.type !== "null");
      }
      if (!next) break;
      const { $ref: _r, anyOf: _a, allOf: _o, ...kept } = found;
      found = { ...next, ...kept };
    }
    return { schema: found, nullable };
  }

  function partOf(name: string, given: Schema, required: boolean, depth: number): Part {
    const { schema: s, nullable } = resolve(given);
    const base: Base = {
      name,
      title: stringOr(given.title) ?? name,
      help: stringOr(given.description),
      required: required && !nullable,
      initial: s.default ?? null,
    };
    const choices = Array.isArray(s.enum) ? s.enum : s.const !== undefined ? [s.const] : null;
    if (choices) {
      return {
        ...base,
        type: "select",
        choices: choices.map(String),
        initial: s.default ?? choices[0],
      };
    }
    if (s.writeOnly === true || s.format === "password")
      return { ...base, type: "secret", lines: s.format === "multiline", initial: "" };
    if (s.type === "boolean") return { ...base, type: "switch", initial: s.default ?? false };
    if (s.type === "integer" || s.type === "number")
      return {
        ...base,
        type: "number",
        min: numberOr(s.minimum) ?? numberOr(s.exclusiveMinimum),
        max: numberOr(s.maximum),
      };
    if (s.format === "channel")
      return {
        ...base,
        type: "channel",
        identityKind: stringOr(s.identity_kind) ?? "",
        initial: s.default ?? "",
      };
    if (s.type === "string") {
      const most = numberOr(s.maxLength);
      return {
        ...base,
        type: "text",
        lines: s.format === "multiline" || (most ?? 0) > LONG_TEXT,
        format: stringOr(s.format),
        least: numberOr(s.minLength) ?? 0,
        most,
        pattern: stringOr(s.pattern),
        initial: s.default ?? "",
      };
    }
    if (s.type === "array" && isObject(s.items) && depth < DEEPEST)
      return {
        ...base,
        type: "list",
        most: numberOr(s.maxItems),
        item: partOf(name, s.items, true, depth + 1),
        initial: s.default ?? [],
      };
    if (s.type === "object" && isObject(s.properties) && depth < DEEPEST) {
      const parts = partsOf(s, depth + 1);
      return {
        ...base,
        type: "section",
        optional: nullable,
        parts,
        initial: nullable
          ? (s.default ?? null)
          : { ...initialOf(parts), ...((s.default as Config | undefined) ?? {}) },
      };
    }
    return { ...base, type: "json" };
  }

  function partsOf(s: Schema, depth: number): Part[] {
    const required = Array.isArray(s.required) ? s.required : [];
    return Object.entries(isObject(s.properties) ? s.properties : {})
      .filter((entry): entry is [string, Schema] => isObject(entry[1]))
      .map(([name, property]) => partOf(name, property, required.includes(name), depth));
  }

  return partsOf(schema, 0);
}

export const initialOf = (parts: readonly Part[]): Config =>
  Object.fromEntries(parts.map((part) => [part.name, structuredClone(part.initial)]));

/** A shown configuration with the places it leaves out filled in. */
export function filled(parts: readonly Part[], config: Config): Config {
  return Object.fromEntries(
    parts.map((part) => {
      const value = config[part.name];
      if (part.type === "section") {
        if (isObject(value)) return [part.name, filled(part.parts, value)];
        return [part.name, structuredClone(part.initial)];
      }
      return [part.name, value ?? structuredClone(part.initial)];
    }),
  );
}

export function valueAt(config: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<string | number, unknown> | null | undefined)?.[step],
    config,
  );
}

/** The configuration with one place changed. A choice that names a section opens that section. */
export function withValue(config: Config, path: Path, value: unknown): Config {
  const [step, ...below] = path;
  if (step === undefined) return config;
  const copy = (Array.isArray(config) ? [...config] : { ...config }) as Config;
  copy[step] = below.length
    ? withValue((copy[step] ?? (typeof below[0] === "number" ? [] : {})) as Config, below, value)
    : value;
  return copy;
}

export function openNamed(parts: readonly Part[], config: Config): Config {
  const chosen = new Set(
    parts.filter((part) => part.type === "select").map((part) => config[part.name]),
  );
  const opened = parts.filter(
    (part): part is SectionPart =>
      part.type === "section" && part.optional && chosen.has(part.name) && !config[part.name],
  );
  return {
    ...config,
    ...Object.fromEntries(opened.map((part) => [part.name, initialOf(part.parts)])),
  };
}

/** When a secret was set, while nothing new is written over it. */
export function setAt(value: unknown): string | null {
  return isObject(value) && typeof value.set_at === "string" ? value.set_at : null;
}

export interface Fault {
  code: "required" | "too_short" | "too_long" | "too_small" | "too_large" | "pattern" | "json";
  n?: number;
}

/** What is wrong, by path ("imap.host"); empty when all is right. */
export function faultsOf(parts: readonly Part[], config: Config, above = ""): Map<string, Fault> {
  const faults = new Map<string, Fault>();
  const visit = (part: Part, value: unknown, path: string) => {
    const fault = faultOf(part, value);
    if (fault) faults.set(path, fault);
    else if (part.type === "section" && isObject(value))
      for (const [at, found] of faultsOf(part.parts, value, path)) faults.set(at, found);
    else if (part.type === "list" && Array.isArray(value))
      value.forEach((item, index) => {
        visit(part.item, item, `${path}.${index}`);
      });
  };
  for (const part of parts)
    visit(part, config[part.name], above ? `${above}.${part.name}` : part.name);
  return faults;
}

function faultOf(part: Part, value: unknown): Fault | null {
  const empty = value === null || value === undefined || value === "";
  if (part.type === "switch" || part.type === "section" || part.type === "list") return null;
  if (empty) {
    const needed = part.required || (part.type === "text" && part.least > 0);
    return needed ? { code: "required" } : null;
  }
  if (part.type === "text" && typeof value === "string") {
    if (value.length < part.least) return { code: "too_short", n: part.least };
    if (part.most !== null && value.length > part.most) return { code: "too_long", n: part.most };
    if (part.pattern && !matches(part.pattern, value)) return { code: "pattern" };
  }
  if (part.type === "number" && typeof value === "number") {
    if (part.min !== null && value < part.min) return { code: "too_small", n: part.min };
    if (part.max !== null && value > part.max) return { code: "too_large", n: part.max };
  }
  if (part.type === "json" && typeof value === "string") return { code: "json" };
  return null;
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    // A pattern of another regular language: the server will judge.
    return true;
  }
}

/** Which of our paths the server means by "body.config.imap.host". */
export const pathOf = (field: string): string => field.replace(/^(body\.)?(config\.)?/, "");

/**
 * Where something must be filled in, optional lists and groups stand folded behind it; a kind that
 * asks for nothing shows all that it has.
 */
export function rareOf(parts: readonly Part[]): Part[] {
  if (!parts.some((part) => part.required && part.type !== "section")) return [];
  return parts.filter(
    (part) =>
      !part.required &&
      (part.type === "list" ||
        part.type === "json" ||
        (part.type === "section" && !part.optional && part.parts.every((each) => !each.required))),
  );
}

/** The configuration as it is sent: blank lines of lists left out. */
export function tidied(parts: readonly Part[], config: Config): Config {
  return Object.fromEntries(
    parts.map((part) => {
      const value = config[part.name];
      if (part.type === "section" && isObject(value)) return [part.name, tidied(part.parts, value)];
      if (part.type === "list" && part.item.type === "text" && Array.isArray(value))
        return [part.name, value.map((each) => String(each).trim()).filter(Boolean)];
      return [part.name, value];
    }),
  );
}
