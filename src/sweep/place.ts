import { existsSync } from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../config/config.js';
import { UserError } from '../errors.js';
import { lockHolder } from '../files/lock.js';
import { explainWriteErrors } from '../files/write-file.js';
import { readStatus } from '../runs/folder/status-file.js';
import type { Job } from './job.js';
import { expectRunOf } from './state.js';

/** What a point's folder holds: nothing, a run to go on with, a finished one. */
export type Place = 'new' | 'begun' | 'finished';

/**
 * Makes the place of a job's run ready for it. One that diverged, or has not come as far as its config, is
 * put aside.
 *
 * @throws UserError if its folder is that of another run, or of one that another process works on; the signal's
 *   reason once it is aborted
 */
export async function preparePlace(
  { name, folder, loaded }: Job,
  signal: AbortSignal,
): Promise<Place> {
  if (!existsSync(folder)) return 'new';
  await untilFree(folder, signal);
  const { status } = await readStatus(folder);
  if (status !== 'diverged' && (await hasConfig(folder))) {
    await expectRunOf(folder, name, loaded.config);
    return status === 'finished' ? 'finished' : 'begun';
  }
  await putAside(folder);
  return 'new';
}

/** Whether there is one that can be read. */
async function hasConfig(folder: string): Promise<boolean> {
  try {
    await loadConfig(join(folder, 'config.yaml'));
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/**
 * Gives a run's folder another name, `...interrupted-1`: nothing is deleted.
 *
 * @throws UserError if the file system refuses
 */
export async function putAside(folder: string): Promise<void> {
  const { status } = await readStatus(folder);
  const around = dirname(folder);
  await explainWriteErrors(folder, async () => {
    const entries = await readdir(around);
    for (let count = 1; ; count++) {
      const aside = `${basename(folder)}.${status}-${count}`;
      if (entries.includes(aside)) continue;
      await rename(folder, join(around, aside));
      return;
    }
  });
}

/** A job whose sweep was killed goes on to the end of its step. */
async function untilFree(folder: string, signal: AbortSignal): Promise<void> {
  let holder: string | undefined;
  for (let tries = 0; tries < 60; tries++) {
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
