import { isScalar, Pair, Scalar, YAMLMap } from 'yaml';
import { asSchema, type JsonSchema } from './forms.js';
import { keyText } from './nodes.js';

/** Sections that a single value may replace: `dataset: mnist` is short for `dataset: {name: mnist}`. */
const shortFor = new Map([
  ['dataset', 'name'],
  ['model', 'name'],
  ['teacher', 'run'],
]);

/** A value in its long form, at the same position in the file. */
export function expanded<T>(key: string | undefined, value: T): T | YAMLMap {
  const only = shortFor.get(key ?? '');
  if (only === undefined || !isScalar(value) || typeof value.value !== 'string') return value;
  const section = new YAMLMap();
  section.range = value.range ?? null;
  section.items.push(new Pair<unknown, unknown>(new Scalar(only), value));
  return section;
}

/** Expand all short forms. */
export function expandAll(content: YAMLMap): void {
  for (const pair of content.items) pair.value = expanded(keyText(pair.key), pair.value);
}

/** Extend a schema of long forms by the short ones. */
export function withShorthand(schema: JsonSchema): JsonSchema {
  const properties = { ...schema.properties };
  for (const [key, only] of shortFor) {
    const { description = '', ...long } = asSchema(properties[key] ?? {});
    const forms = long.anyOf ?? [long];
    const alone = forms.map(asSchema).map((form) => asSchema(form.properties?.[only] ?? {}));
    const { type, enum: values, pattern } = alone.find((each) => each.enum) ?? alone[0] ?? {};
    const short = values ? { type, enum: values } : { type, pattern };
    properties[key] = { description, anyOf: [short, ...forms] } as JsonSchema;
  }
  return { ...schema, properties };
}
