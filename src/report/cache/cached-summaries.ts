import { basename, dirname, resolve } from 'node:path';
import { summarizeRun, type RunSummary } from '../../runs/run-summary.js';
import { readStore, writeStore, type Store } from './store.js';
import { reportsCache } from './kept-file.js';
import { ownStamp, stampOf, type Stamp } from './stamps.js';

export interface CacheOptions {
  /** The folder that it is in. */
  readonly root?: string;
  readonly read?: (folder: string) => Promise<RunSummary>;
  readonly nowMs?: () => number;
}

/**
 * What file systems with coarse clocks may take for the same moment: a file that was changed so shortly before
 * it was read may have been changed again without a trace.
 */
const restMs = 3000;

/**
 * Reads runs' folders, but those that were read before and have not changed since: of a finished run that is sound
 * its summary is kept in the user's cache, together with what its files looked like before and after. Whatever
 * is wrong with the cache, or with its disk, costs time and nothing else.
 */
export async function cachedSummaries(
  folders: readonly string[],
  { root = reportsCache(), read = summarizeRun, nowMs = () => Date.now() }: CacheOptions = {},
): Promise<RunSummary[]> {
  const by = ownStamp();
  const stores = new Map<string, Store>();
  const runs: RunSummary[] = [];
  // One after the other: their metrics may be large.
  for (const folder of folders) {
    const parent = dirname(resolve(folder));
    const store = stores.get(parent) ?? (await readStore(root, parent, by));
    stores.set(parent, store);
    const before = stampOf(folder);
    const kept = before && store.get(basename(resolve(folder)), before.text);
    if (kept) {
      runs.push({ ...kept, folder });
      continue;
    }
    const startedMs = nowMs();
    const run = await read(folder);
    runs.push(run);
    if (before && isLasting(run, before, stampOf(folder), startedMs)) {
      store.set(basename(resolve(folder)), before.text, run);
    }
  }
  for (const store of stores.values()) await writeStore(store);
  return runs;
}

/** Whether the same files will be read as the same: what is wrong with one is told by where it is. */
function isLasting(
  { status, problems }: RunSummary,
  before: Stamp,
  after: Stamp | undefined,
  startedMs: number,
): boolean {
  const isSound = status === 'finished' && problems.length === 0;
  return isSound && before.text === after?.text && before.changedMs < startedMs - restMs;
}
