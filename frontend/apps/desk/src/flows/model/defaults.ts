/** The parts of a JSON Schema that say what a field left out means. */
export interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  default?: unknown;
  type?: string;
}
type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** A value with its defaults left out (`lean`) and with them written out (`full`), as a schema has
 * them: the two say the same, however it was written. */
export function defaultsOf(root: object) {
  const parts = (root as { $defs?: Record<string, Schema> }).$defs ?? {};
  const at = (ref = ""): Schema => parts[ref.split("/").at(-1) ?? ""] ?? {};
  const shapeOf = (schema: Schema, value: unknown): Schema => {
    if (schema.$ref) return at(schema.$ref);
    if (!schema.anyOf) return schema;
    const { propertyName = "", mapping = {} } = schema.discriminator ?? {};
    const one = isObject(value) ? mapping[String(value[propertyName])] : undefined;
    if (one) return at(one);
    return schema.discriminator ? {} : shapeOf(schema.anyOf[0] ?? {}, value);
  };
  const walked = (value: unknown, schema: Schema, own: (value: Json, shape: Schema) => Json) => {
    const shape = shapeOf(schema, value);
    const below = (each: unknown, of: Schema | boolean = {}): unknown =>
      walked(each, of === true || of === false ? {} : of, own);
    if (Array.isArray(value)) return value.map((each) => below(each, shape.items));
    if (!isObject(value)) return value;
    const fields = Object.entries(own(value, shape)).map(([key, each]) => [
      key,
      below(each, shape.properties?.[key] ?? shape.additionalProperties),
    ]);
    return Object.fromEntries(fields) as Json;
  };
  const without = (value: Json, { properties = {} }: Schema): Json =>
    Object.fromEntries(
      Object.entries(value).filter(
        ([key, each]) =>
          properties[key]?.default === undefined || !isSame(each, properties[key]?.default),
      ),
    );
  const withAll = (value: Json, { properties = {} }: Schema): Json => ({
    ...Object.fromEntries(
      Object.entries(properties)
        .filter(([, field]) => field.default !== undefined)
        .map(([key, field]) => [key, field.default]),
    ),
    ...value,
  });
  return {
    lean: <T extends object>(value: T): T => walked(value, root as Schema, without) as T,
    full: <T extends object>(value: T): T => walked(value, root as Schema, withAll) as T,
  };
}
