import { distance } from 'fastest-levenshtein';
import type { JsonSchema } from './json-schema.js';
import { allKeys, keysOf, schemaAt } from './keys.js';
import { showPath } from './show.js';

/**
 * Says that a key is unknown, and which one may have been meant: one spelled alike in the same
 * section, else one of that name in another.
 *
 * @param path of the unknown key, and perhaps of keys below it; its section is known.
 */
export function unknownKey(root: JsonSchema, path: readonly string[]): string {
  const depth = path.findIndex((_key, i) => !schemaAt(root, path.slice(0, i + 1)));
  const section = path.slice(0, depth);
  const key = path[depth] ?? '';
  const known = [...keysOf(schemaAt(root, section) ?? {}).keys()];

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
  return `unknown key, expected one of: ${known.join(', ')}`;
}

/** The nearest of the names, if it is near: half the letters may differ, but no digit. */
function alike(key: string, names: readonly string[]): string | undefined {
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
