import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig, type Config } from '../config/config.js';
import { runIdentity } from '../config/naming/identity.js';
import { UserError } from '../errors.js';
import { isRunFolder } from '../runs/find-runs.js';
import { readStatus } from '../runs/folder/status-file.js';
import type { NamedPoint } from './points.js';

/** What a sweep's folder holds of its points. */
export interface SweepState {
  readonly finished: readonly NamedPoint[];
  /** Those to run, or to go on with. */
  readonly missing: readonly NamedPoint[];
  /** Runs in the sweep's folder that none of its points is. */
  readonly others: readonly string[];
}

/** @throws UserError if a point's folder is that of another run */
export async function sweepState(
  folder: string,
  points: readonly NamedPoint[],
): Promise<SweepState> {
  const finished: NamedPoint[] = [];
  const missing: NamedPoint[] = [];
  const entries = await entriesOf(folder);
  for (const point of points) {
    const isThere = entries.includes(point.name);
    const isFinished = isThere && (await isFinishedRun(join(folder, point.name), point));
    (isFinished ? finished : missing).push(point);
  }
  const names = points.map(({ name }) => name);
  const others: string[] = [];
  for (const entry of entries) {
    const isKnown = names.includes(entry) || asidePattern.test(entry);
    // A report is no run.
    if (!isKnown && (await isRunFolder(join(folder, entry)))) others.push(entry);
  }
  return { finished, missing, others };
}

async function isFinishedRun(path: string, point: NamedPoint): Promise<boolean> {
  const { status } = await readStatus(path);
  if (status !== 'finished') return false;
  await expectRunOf(path, point.name, point.config);
  return true;
}

/** @throws UserError if a folder's run is not the point's */
export async function expectRunOf(path: string, name: string, config: Config): Promise<void> {
  const { config: found } = await loadConfig(join(path, 'config.yaml'));
  if (runIdentity(found) === runIdentity(config)) return;
  throw new UserError(
    `${path}: expected the run of ${name}, found one with another config. Move it elsewhere.`,
  );
}

/** Of runs that were put aside. */
const asidePattern = /\.(interrupted|failed|diverged)-\d+$/;

/** Names of the folders in it; none if it is not there. */
async function entriesOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new UserError(
      `${folder}: expected the folder of a sweep, but: ${message}. Name another with --out.`,
      1,
      { cause: error },
    );
  }
}
