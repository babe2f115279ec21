import { distance } from 'fastest-levenshtein';
import type { JsonSchema } from './json-schema.js';
import {
  allKeys,
  formByType,
  formsOf,
  keysOf,
  marksOf,
  schemaAt,
  typeOf,
  valueAt,
} from './keys.js';
import type { Path } from './nodes.js';
import { showPath } from './show.js';

/**
 * Says that a key is unknown, and which one may have been meant: one spelled alike in the same
 * section, else one of that name in another.
 *
 * @param path of the unknown key, and perhaps of keys below it; its section is known.
 * @param value What the config has, where it is known.
 */
export function unknownKey(root: JsonSchema, path: Path, value?: unknown): string {
  const first = path.findIndex((_key, i) => !schemaAt(root, path.slice(0, i + 1), value));
  const depth = first < 0 ? path.length - 1 : first;
  const section = path.slice(0, depth);
  const key = path[depth] ?? '';
  const around = schemaAt(root, section, value) ?? {};
  const { form, mark } = formWithout(key, around, valueAt(value, section));
  const known = [...keysOf(form).keys()];
  const expected = `expected ${known.length === 1 ? 'only' : 'one of:'} ${known.join(', ')}`;

  // What has its place beside other keys than these is no slip.
  if (keysOf(around).has(key)) return `unknown key${mark}, ${expected}`;
  const meant = alike(key, known);
  if (meant !== undefined) {
    const whole = [...section, meant, ...path.slice(depth + 1)];
    return `unknown key, did you mean ${showPath(schemaAt(root, whole) ? whole : [...section, meant])}?`;
  }
  const elsewhere = allKeys(root).filter(({ path: other }) => plain(other.at(-1)) === plain(key));
  if (elsewhere.length > 0) {
    return `unknown key, did you mean ${elsewhere.map(({ path: other }) => showPath(other)).join(' or ')}?`;
  }
  if (known.length === 0) return `unknown key, ${showPath(section)} takes a single value`;
  return `unknown key, ${expected}`;
}

/** The form that a mapping has, of those without the key, and what tells it: " where type is dense". */
function formWithout(
  key: string,
  schema: JsonSchema,
  value: unknown,
): { form: JsonSchema; mark: string } {
  const forms = formsOf(schema);
  const typed = formByType(schema, value);
  const told = typed && typeOf(typed);
  if (told) return { form: typed, mark: ` where ${told.key} is ${String(told.type)}` };
  const candidates = forms.filter(({ properties }) => properties && !(key in properties));
  for (const form of candidates) {
    const mark = marksOf(form, forms).find((name) => valueAt(value, [name]) !== undefined);
    if (mark !== undefined) return { form, mark: ` beside ${mark}` };
  }
  const [only, ...others] = candidates;
  return { form: only && others.length === 0 ? only : schema, mark: '' };
}

/** The nearest of the names, if it is near: half the letters may differ, but no digit. */
export function alike(key: string, names: readonly string[]): string | undefined {
  const near = names
    .filter((name) => !/^\d+$/.test(name))
    .map((name) => ({ name, away: distance(plain(key), plain(name)) }))
    .filter(({ name, away }) => away <= 0.5 * name.length)
    .sort((a, b) => a.away - b.away);
  return near[0]?.name;
}

/** batch_size, batch-size and BatchSize are spellings of batchSize. */
function plain(key = ''): string {
  return key
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[_\s-]/g, '');
}
