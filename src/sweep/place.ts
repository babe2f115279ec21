import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { settingsHash } from '../config/naming/identity.js';
import { UserError } from '../errors.js';
import { untilShown } from '../files/late-file.js';
import { lockHolder, lockOutlives } from '../files/lock.js';
import { putAside } from '../files/put-aside.js';
import { checkpointFile, previousCheckpointFile } from '../runs/folder/checkpoint-file.js';
import { configFile, readConfig } from '../runs/folder/config-file.js';
import { metricsFile } from '../runs/folder/metrics-file.js';
import { recordFile } from '../runs/folder/record-file.js';
import { resultFile } from '../runs/folder/result-file.js';
import { readStatus } from '../runs/folder/status-file.js';
import type { Job } from './job.js';

/** Contents of a point's folder: nothing, a run to resume, a diverged run, a finished run. */
export type Place = 'new' | 'begun' | 'diverged' | 'finished';

/**
 * Prepare the folder of a job's run. A run without a readable config is moved aside.
 *
 * @param lateByMs how long another machine's files may remain invisible
 * @throws UserError if the folder belongs to another run, or if another process works on it; the signal's
 *   reason once it is aborted
 */
export async function preparePlace(
  { name, folder, loaded }: Job,
  lateByMs: number,
  signal: AbortSignal,
): Promise<Place> {
  if (!existsSync(folder)) return 'new';
  await untilFree(folder, signal);
  await untilShown(folder, () => wholeRun(folder), lateByMs, signal);
  const found = await configIn(folder);
  if (found !== undefined) {
    expectSettings(folder, name, found, loaded.config);
    const { status } = await readStatus(folder);
    return status === 'finished' || status === 'diverged' ? status : 'begun';
  }
  await putRunAside(folder);
  return 'new';
}

/** True if a folder shows all files needed to resume; undefined if some may still appear. */
async function wholeRun(folder: string): Promise<true | undefined> {
  const names = new Set(await readdir(folder).catch((): string[] => []));
  const isThere = ({ name }: { readonly name: string }) => names.has(name);
  if (!names.has(configFile)) return undefined;
  if (isThere(resultFile)) return true;
  const isSaved = names.has(checkpointFile) || names.has(previousCheckpointFile);
  if (!isSaved && !isThere(metricsFile)) return true;
  return isSaved && isThere(recordFile) ? true : undefined;
}

/** The config in a run's folder; undefined if there is none that can be read. */
async function configIn(folder: string): Promise<Config | undefined> {
  try {
    return await readConfig(folder);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Compare settings only: data and weights are compared when the run is resumed. */
function expectSettings(folder: string, name: string, found: Config, expected: Config): void {
  const isSame = settingsHash(found) === settingsHash(expected) && found.seed === expected.seed;
  if (isSame) return;
  throw new UserError(
    `${folder}: expected the run of ${name}, found one with another config. Move it elsewhere.`,
  );
}

/**
 * Move a run aside by renaming its folder, to `...interrupted-1`: nothing is deleted.
 *
 * @throws UserError if the folder cannot be renamed
 */
export async function putRunAside(folder: string): Promise<void> {
  const { status } = await readStatus(folder);
  await putAside(folder, status);
}

/** Wait for the lock: a killed sweep's job finishes its step, and a lost machine leaves its lock behind. */
async function untilFree(folder: string, signal: AbortSignal): Promise<void> {
  let holder: string | undefined;
  const start = performance.now();
  while (performance.now() - start < lockOutlives) {
    signal.throwIfAborted();
    holder = await lockHolder(folder);
    if (holder === undefined) return;
    await sleep(500, undefined, { signal }).catch(() => undefined);
  }
  throw new UserError(
    `${folder}: expected a run that no other process works on, found one held by ${holder ?? ''}. Stop it, ` +
      'or let it finish.',
  );
}
