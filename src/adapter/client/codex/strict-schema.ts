type Schema = Readonly<Record<string, unknown>>;

/** What the provider's strict form refuses, or knows nothing of. Whoever asked checks the output against the whole schema. */
const dropped = new Set(["$schema", "default", "minLength", "maxLength", "pattern", "format", "propertyNames", "title", "examples"]);

/**
 * A JSON Schema in the form that OpenAI's strict mode takes, which Codex asks for always: every property required, those
 * that were not may be null; no key that it does not know. Pure.
 */
export function makeStrict(schema: Schema): Schema {
  const { properties, required, oneOf, const: only, ...rest } = schema;
  const strict = Object.fromEntries(
    Object.entries(rest).flatMap(([key, value]) => (dropped.has(key) ? [] : [[key, mapSchemas(value, makeStrict)]])),
  );
  const names = isSchema(properties) ? Object.keys(properties) : [];
  return {
    ...strict,
    ...(Array.isArray(oneOf) ? { anyOf: mapSchemas(oneOf, makeStrict) } : {}),
    ...(only === undefined ? {} : { enum: [only] }),
    ...(isSchema(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, value]) => [name, allowNull(makeStrict(value as Schema), isRequired(required, name))]),
          ),
          required: names,
          additionalProperties: false,
        }
      : {}),
  };
}

/** Takes out again what stands as null only because the strict form has no other way to leave it out. */
export function dropNulls(output: unknown, schema: Schema | undefined): unknown {
  if (!schema) return output;
  if (Array.isArray(output)) return output.map((one) => dropNulls(one, isSchema(schema.items) ? schema.items : undefined));
  if (!isSchema(output) || !isSchema(schema.properties)) return output;
  const properties = schema.properties as Readonly<Record<string, Schema | undefined>>;
  return Object.fromEntries(
    Object.entries(output).flatMap(([name, value]) =>
      value === null && name in properties && !isRequired(schema.required, name) ? [] : [[name, dropNulls(value, properties[name])]],
    ),
  );
}

function allowNull(schema: Schema, required: boolean): Schema {
  return required ? schema : { anyOf: [schema, { type: "null" }] };
}

function isRequired(required: unknown, name: string): boolean {
  return Array.isArray(required) && required.includes(name);
}

function mapSchemas(value: unknown, map: (schema: Schema) => Schema): unknown {
  if (Array.isArray(value)) return value.map((one) => mapSchemas(one, map));
  return isSchema(value) ? map(value) : value;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
