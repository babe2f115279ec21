import { distance } from 'fastest-levenshtein';

/** The most similar name, if at most half its letters differ; a number such as 16 is never suggested. */
export function alike(key: string, names: readonly string[]): string | undefined {
  const near = names
    .filter((name) => !/^\d+$/.test(name))
    .map((name) => ({ name, away: away(plain(key), plain(name)) }))
    .filter(({ name, away }) => away <= 0.5 * name.length)
    .sort((a, b) => a.away - b.away);
  return near[0]?.name;
}

/** Edit distance with insertions, deletions, substitutions and swaps of neighbors. */
function away(key: string, name: string): number {
  // A hostile key may be long; no name is.
  if (key.length > 40) return distance(key, name);
  const swapped = Array.from(
    { length: Math.max(0, key.length - 1) },
    (_, i) => key.slice(0, i) + key.charAt(i + 1) + key.charAt(i) + key.slice(i + 2),
  );
  return Math.min(distance(key, name), ...swapped.map((other) => 1 + distance(other, name)));
}

/** batch_size, batch-size and BatchSize are spellings of batchSize. */
export function plain(key = ''): string {
  return key
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[_\s-]/g, '');
}
