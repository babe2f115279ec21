import { alike, plain } from './alike.js';
import { formsOf, marksOf, meantForm, typeOf, type JsonSchema } from './forms.js';
import { allKeys, keysOf, schemaAt, valueAt } from './keys.js';
import type { Path } from './nodes.js';
import { showPath } from './show.js';

/**
 * Says that a key is unknown, and which one may have been meant: one spelled alike in the same
 * section, else one of that name in another.
 *
 * @param path of the unknown key, and perhaps of keys below it; its section is known.
 * @param options.value What the config has, where it is known.
 * @param options.spelled How keys of other sections are written: a file has none with dots.
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

  // What has its place beside other keys than these is no slip.
  if (keysOf(around).has(key)) return `unknown key${markOf(form, around, mapping)}, ${expected}`;
  const meant = alike(key, known);
  if (meant !== undefined) {
    const whole = [...section, meant, ...path.slice(depth + 1)];
    return `unknown key, did you mean ${showPath(schemaAt(root, whole) ? whole : [...section, meant])}?`;
  }
  // In a file a dot is a letter like any other.
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

/** Keys of one name as a file has them: "epochs, under training or fineTuning". */
function nested(paths: readonly Path[]): string {
  const sections = paths.map((path) => path.slice(0, -1));
  const under = sections.filter((section) => section.length > 0).map(showPath);
  const places = under.length > 0 ? [`under ${under.join(' or ')}`] : [];
  if (under.length < sections.length) places.unshift('at the top');
  return `${paths[0]?.at(-1) ?? ''}, ${places.join(' or ')}`;
}

/** What tells the form that a mapping has: " where type is dense", " beside layers". */
function markOf(form: JsonSchema, around: JsonSchema, value: unknown): string {
  const told = typeOf(form);
  if (told) return ` where ${told.key} is ${String(told.type)}`;
  const mark = marksOf(form, formsOf(around)).find((key) => valueAt(value, [key]) !== undefined);
  return mark === undefined ? '' : ` beside ${mark}`;
}
