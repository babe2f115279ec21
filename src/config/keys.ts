import { alternatives, asSchema, type JsonSchema } from './json-schema.js';

/** The schemas of a mapping's keys, in order; none where a key takes a single value. */
export function keysOf(schema: JsonSchema): ReadonlyMap<string, JsonSchema> {
  return new Map(
    Object.entries(mappingIn(schema)?.properties ?? {}).map(([key, value]) => [
      key,
      asSchema(value),
    ]),
  );
}

/** The schema of a key; undefined where there is no such key. */
export function schemaAt(schema: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>(
    (found, key) => found && keysOf(found).get(key),
    schema,
  );
}

export interface Key {
  readonly path: readonly string[];
  readonly schema: JsonSchema;
  /** Within its section. */
  readonly required: boolean;
}

/** All keys, sections before what is in them. */
export function allKeys(schema: JsonSchema, above: readonly string[] = []): Key[] {
  const required = mappingIn(schema)?.required ?? [];
  return [...keysOf(schema)].flatMap(([key, inner]) => {
    const path = [...above, key];
    return [{ path, schema: inner, required: required.includes(key) }, ...allKeys(inner, path)];
  });
}

function mappingIn(schema: JsonSchema): JsonSchema | undefined {
  return [schema, ...alternatives(schema)].find(({ properties }) => properties);
}
