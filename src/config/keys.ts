import { isDeepStrictEqual } from 'node:util';
import { alternatives, asSchema, formsOf, meantForm, type JsonSchema } from './forms.js';
import type { Path } from './nodes.js';

/** The schemas of a mapping's keys, in order, of all its forms; none where a key takes no mapping. */
export function keysOf(schema: JsonSchema): ReadonlyMap<string, JsonSchema> {
  const keys = new Map<string, JsonSchema>();
  for (const form of formsOf(schema)) {
    for (const [key, value] of Object.entries(form.properties ?? {})) {
      const inForm = asSchema(value);
      const inOthers = keys.get(key);
      keys.set(key, inOthers === undefined ? inForm : either(inOthers, inForm));
    }
  }
  return keys;
}

/** The schema of a list's elements; undefined where a key takes no list. */
export function elementsOf(schema: JsonSchema): JsonSchema | undefined {
  const list = [schema, ...alternatives(schema)].find(({ type }) => type === 'array');
  return list && asSchema(list.items as Parameters<typeof asSchema>[0]);
}

/**
 * The schema of a key, or of a list's element; undefined where there is no such key.
 *
 * @param value What a config has, where it is known: its mappings tell which form they have.
 */
export function schemaAt(schema: JsonSchema, path: Path, value?: unknown): JsonSchema | undefined {
  let found: JsonSchema | undefined = schema;
  for (const [depth, key] of path.entries()) {
    const around: JsonSchema = meantForm(found, valueAt(value, path.slice(0, depth))) ?? found;
    found = (isIndex(key) ? elementsOf(around) : undefined) ?? keysOf(around).get(key);
    if (found === undefined) return undefined;
  }
  return found;
}

/** What plain data has at a path; undefined where it has nothing. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (around, key) =>
      typeof around === 'object' && around !== null && Object.hasOwn(around, key)
        ? (around as Readonly<Record<string, unknown>>)[key]
        : undefined,
    value,
  );
}

export interface Key {
  readonly path: Path;
  readonly schema: JsonSchema;
  /** Within its section, in each of the section's forms that have it; not where one form needs no key. */
  readonly required: boolean;
}

/** All keys, sections before what is in them, but not those of mappings in lists. */
export function allKeys(schema: JsonSchema, above: Path = []): Key[] {
  return [...keysOf(schema)].flatMap(([key, inner]) => {
    const path = [...above, key];
    const required = formsOf(schema).every(({ properties = {}, required = [] }) =>
      key in properties ? required.includes(key) : required.length > 0,
    );
    return [{ path, schema: inner, required }, ...allKeys(inner, path)];
  });
}

function either(one: JsonSchema, other: JsonSchema): JsonSchema {
  if (isDeepStrictEqual(one, other)) return one;
  return { anyOf: [...(one.anyOf ?? [one]), other] };
}

function isIndex(key: string): boolean {
  return /^\d+$/.test(key);
}
