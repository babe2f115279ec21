import { distance } from 'fastest-levenshtein';

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
export function plain(key = ''): string {
  return key
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[_\s-]/g, '');
}
