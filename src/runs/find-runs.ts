import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { naturalOrder } from '../text/natural-order.js';
import { configFile } from './folder/config-file.js';
import { compactMetricsFile } from './folder/compact-metrics-file.js';
import { metricsFile } from './folder/metrics-file.js';
import { recordFile } from './folder/record-file.js';
import { resultFile } from './folder/result-file.js';
import { statusFile } from './folder/status-file.js';

/** Search depth below a given folder: `results/SWEEP/POINT` is two. */
const mostLevels = 4;

/** A run's folder has at least two of these files: a lone `config.yaml` may be any program's. */
const marks = [
  configFile,
  ...[recordFile, statusFile, metricsFile, compactMetricsFile, resultFile].map(({ name }) => name),
];

export interface FoundRuns {
  /** In natural order, without duplicates. */
  readonly folders: readonly string[];
  /** Folders that could not be read. */
  readonly problems: readonly string[];
}

/**
 * Find the run folders in the given folders, which may themselves be runs. Symbolic links and hidden folders
 * are skipped.
 *
 * @throws UserError (exit code 2) if a given path is not a folder
 */
export async function findRuns(given: readonly string[]): Promise<FoundRuns> {
  const found = new Map<string, string>();
  const problems: string[] = [];
  for (const folder of given) {
    await expectFolder(folder);
    await look(folder, 0);
  }
  return { folders: [...found.values()].sort(naturalOrder), problems };

  async function look(folder: string, level: number): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      problems.push(`${folder}: cannot be read (${(error as Error).message})`);
      return [];
    });
    if (areOfRun(entries.map(({ name }) => name))) {
      const real = await realpath(folder);
      if (!found.has(real)) found.set(real, folder);
      return;
    }
    if (level === mostLevels) return;
    for (const entry of entries) {
      const skipped = entry.name.startsWith('.') || entry.name === 'node_modules';
      if (entry.isDirectory() && !skipped) await look(join(folder, entry.name), level + 1);
    }
  }
}

/** Whether a folder is a run's. */
export async function isRunFolder(folder: string): Promise<boolean> {
  return areOfRun(await readdir(folder).catch((): string[] => []));
}

function areOfRun(names: readonly string[]): boolean {
  return marks.filter((mark) => names.includes(mark)).length >= 2;
}

async function expectFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new UserError(
    `${folder}: found ${found ? 'a file' : 'no such folder'}, expected a folder with runs in it, as ` +
      'bbits train and bbits sweep write them.',
    2,
  );
}
