import { alike, plain } from './alike.js';
import { formsOf, marksOf, meantForm, typeOf, type JsonSchema } from './forms.js';
import { allKeys, keysOf, schemaAt, valueAt } from './keys.js';
import type { Path } from './nodes.js';
import { showPath } from './show.js';

/**
 * Report an unknown key and suggest a similar one in the same section, or the same name in another section.
 *
 * @param path of the unknown key, possibly followed by keys below it; its section is known
 * @param options.value the config's value, if known
 * @param options.spelled notation of other sections' keys: dotted as in overrides, or nested as in files
 */
export function unknownKey(
  root: JsonSchema,
  path: Path,
  { value, spelled = 'dotted' }: { value?: unknown; spelled?: 'dotted' | 'nested' } = {},
): string {
  const first = path.findIndex((_key, i) => !schemaAt(root, path.slice(0, i + 1), value));
  const depth = first < 0 ? path.length - 1 : first;
  const section = path.slice(0, depth);
  const key = path[depth] ?? '';
  const around = schemaAt(root, section, value) ?? {};
  const mapping = valueAt(value, section);
  const form = meantForm(around, mapping) ?? around;
  const known = [...keysOf(form).keys()];
  const expected = `expected ${known.length === 1 ? 'only' : 'one of:'} ${known.join(', ')}`;

  // A key that belongs to another form of the mapping is not misspelled.
  if (keysOf(around).has(key)) return `unknown key${markOf(form, around, mapping)}, ${expected}`;
  const meant = alike(key, known);
  if (meant !== undefined) {
    const whole = [...section, meant, ...path.slice(depth + 1)];
    return `unknown key, did you mean ${showPath(schemaAt(root, whole) ? whole : [...section, meant])}?`;
  }
  // In a file a dot is part of the name.
  const dotted = [...section, key].join('.');
  const elsewhere = allKeys(root)
    .map(({ path: other }) => other)
    .filter((other) => plain(other.at(-1)) === plain(key) || showPath(other) === dotted);
  if (elsewhere.length > 0) {
    const written = spelled === 'dotted' ? elsewhere.map(showPath).join(' or ') : nested(elsewhere);
    return `unknown key, did you mean ${written}?`;
  }
  if (known.length === 0) return `unknown key, ${showPath(section)} takes a single value`;
  return `unknown key, ${expected}`;
}

/** The sections of keys with this name: "epochs, under training or fineTuning". */
function nested(paths: readonly Path[]): string {
  const sections = paths.map((path) => path.slice(0, -1));
  const under = sections.filter((section) => section.length > 0).map(showPath);
  const places = under.length > 0 ? [`under ${under.join(' or ')}`] : [];
  if (under.length < sections.length) places.unshift('at the top');
  return `${paths[0]?.at(-1) ?? ''}, ${places.join(' or ')}`;
}

/** The distinguishing key of a mapping's form: " where type is dense", " beside layers". */
function markOf(form: JsonSchema, around: JsonSchema, value: unknown): string {
  const told = typeOf(form);
  if (told) return ` where ${told.key} is ${String(told.type)}`;
  const mark = marksOf(form, formsOf(around)).find((key) => valueAt(value, [key]) !== undefined);
  return mark === undefined ? '' : ` beside ${mark}`;
}
