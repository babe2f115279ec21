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

/** What a point's folder holds: nothing, a run to go on with, one that diverged, a finished one. */
export type Place = 'new' | 'begun' | 'diverged' | 'finished';

/**
 * Makes the place of a job's run ready for it. One that has not come as far as its config is put aside.
 *
 * @param lateByMs so long files of another machine may stay out of sight
 * @throws UserError if its folder is that of another run, or of one that another process works on; the signal's
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

/** True where a folder shows all that a run goes on from; undefined: some of it may yet come to sight. */
async function wholeRun(folder: string): Promise<true | undefined> {
  const names = new Set(await readdir(folder).catch((): string[] => []));
  const isThere = ({ name }: { readonly name: string }) => names.has(name);
  if (!names.has(configFile)) return undefined;
  if (isThere(resultFile)) return true;
  const isSaved = names.has(checkpointFile) || names.has(previousCheckpointFile);
  if (!isSaved && !isThere(metricsFile)) return true;
  return isSaved && isThere(recordFile) ? true : undefined;
}

/** Undefined: none that can be read. */
async function configIn(folder: string): Promise<Config | undefined> {
  try {
    return await readConfig(folder);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Data and weights are compared where the run goes on. */
function expectSettings(folder: string, name: string, found: Config, expected: Config): void {
  const isSame = settingsHash(found) === settingsHash(expected) && found.seed === expected.seed;
  if (isSame) return;
  throw new UserError(
    `${folder}: expected the run of ${name}, found one with another config. Move it elsewhere.`,
  );
}

/**
 * Gives a run's folder another name, `...interrupted-1`: nothing is deleted.
 *
 * @throws UserError if the file system refuses
 */
export async function putRunAside(folder: string): Promise<void> {
  const { status } = await readStatus(folder);
  await putAside(folder, status);
}

/** A job whose sweep was killed goes on to the end of its step; a lost machine's lock outlives it. */
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
