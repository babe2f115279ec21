import { isScalar, Pair, Scalar, YAMLMap } from 'yaml';
import { asSchema, type JsonSchema } from './forms.js';
import { keyText } from './nodes.js';

/** Sections that may be a name alone: `dataset: mnist` is short for `dataset: {name: mnist}`. */
const named = ['dataset', 'model'];

/** A key's value in its long form, at the same place in the file. */
export function expanded<T>(key: string | undefined, value: T): T | YAMLMap {
  if (!named.includes(key ?? '') || !isScalar(value) || typeof value.value !== 'string')
    return value;
  const section = new YAMLMap();
  section.range = value.range ?? null;
  section.items.push(new Pair<unknown, unknown>(new Scalar('name'), value));
  return section;
}

/** Writes all that is short in its long form. */
export function expandAll(content: YAMLMap): void {
  for (const pair of content.items) pair.value = expanded(keyText(pair.key), pair.value);
}

/** A schema of the long forms, with the short ones before them. */
export function withShorthand(schema: JsonSchema): JsonSchema {
  const properties = { ...schema.properties };
  for (const key of named) {
    const { description = '', anyOf = [] } = asSchema(properties[key] ?? {});
    const names = anyOf.map(asSchema).map((form) => asSchema(form.properties?.['name'] ?? {}));
    const { type, enum: values = [] } = names.find((name) => name.enum) ?? {};
    properties[key] = { description, anyOf: [{ type, enum: values }, ...anyOf] } as JsonSchema;
  }
  return { ...schema, properties };
}
