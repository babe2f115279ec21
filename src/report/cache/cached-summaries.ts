import { basename, dirname, resolve } from 'node:path';
import { summarizeRun, type RunSummary } from '../../runs/run-summary.js';
import { readStore, writeStore, type Store } from './store.js';
import { reportsCache } from './kept-file.js';
import { ownStamp, stampOf, type Stamp } from './stamps.js';

export interface CacheOptions {
  /** The cache's folder. */
  readonly root?: string;
  readonly read?: (folder: string) => Promise<RunSummary>;
  readonly nowMs?: () => number;
}

/**
 * Resolution of coarse file system clocks: a file changed this recently before it was read may have changed
 * again with the same timestamps.
 */
const restMs = 3000;

/**
 * Read runs' folders, reusing the summaries of folders that have not changed. The summary of a finished,
 * sound run is cached with the stamp of its files, if they did not change while they were read. A broken
 * cache or a full disk costs only time.
 */
export async function cachedSummaries(
  folders: readonly string[],
  { root = reportsCache(), read = summarizeRun, nowMs = () => Date.now() }: CacheOptions = {},
): Promise<RunSummary[]> {
  const by = ownStamp();
  const stores = new Map<string, Store>();
  const runs: RunSummary[] = [];
  // Sequentially, as their metrics may be large.
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

/** Whether a summary may be cached. One with problems may not: their texts contain the path given now. */
function isLasting(
  { status, problems }: RunSummary,
  before: Stamp,
  after: Stamp | undefined,
  startedMs: number,
): boolean {
  const isSound = status === 'finished' && problems.length === 0;
  return isSound && before.text === after?.text && before.changedMs < startedMs - restMs;
}
