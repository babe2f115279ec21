import { isDeepStrictEqual } from 'node:util';
import { alternatives, asSchema, formsOf, meantForm, type JsonSchema } from './forms.js';
import type { Path } from './nodes.js';

/** The schemas of a mapping's keys, in order, over all its forms; empty if a key accepts no mapping. */
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

/** The schema of a list's elements; undefined if a key accepts no list. */
export function elementsOf(schema: JsonSchema): JsonSchema | undefined {
  const list = [schema, ...alternatives(schema)].find(({ type }) => type === 'array');
  return list && asSchema(list.items as Parameters<typeof asSchema>[0]);
}

/**
 * The schema of a key or of a list's element; undefined for an unknown key.
 *
 * @param value the config's value, if known: its mappings determine their forms
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

/** The value at a path of plain data, if any. */
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
  /** Whether every form of its section requires it, or other keys in place of it. */
  readonly required: boolean;
}

/** All keys, sections before their keys, without those of mappings in lists. */
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
