import { UserError } from '../errors.js';

/**
 * Look up a name from the command line in a table.
 *
 * @param what names the argument in the message: '--format'
 * @throws UserError (exit code 2) if there is no such entry; suggests the most similar one
 */
export async function entryNamed<T>(
  table: Readonly<Record<string, T>>,
  name: string,
  what: string,
): Promise<T> {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry !== undefined) return entry;
  const { alike } = await import('../config/alike.js');
  const names = Object.keys(table);
  const meant = alike(name, names);
  const expected = names.length === 1 ? names.join() : `one of: ${names.join(', ')}`;
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw new UserError(`${what}: found ${name}, expected ${expected}${hint}`, 2);
}
