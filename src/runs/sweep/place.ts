import { existsSync } from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../config/config.js';
import { UserError } from '../../errors.js';
import { readStatus } from '../status.js';
import { expectRunOf, type NamedPoint } from './points.js';

/**
 * Makes a point's place ready for its run.
 *
 * @param folder of the point
 * @throws UserError if it is that of another run, or of one that goes on
 * @returns whether there is one to go on with; one that diverged, or has not come as far as its config,
 *   is put aside
 */
export async function preparePlace(
  folder: string,
  point: NamedPoint,
): Promise<{ goesOn: boolean }> {
  if (!existsSync(folder)) return { goesOn: false };
  const status = await endedStatus(folder);
  if (status !== 'diverged' && (await hasConfig(folder))) {
    await expectRunOf(folder, point);
    return { goesOn: true };
  }
  await putAside(folder);
  return { goesOn: false };
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

/** Gives a run's folder another name, `...interrupted-1`: nothing is deleted. */
export async function putAside(folder: string): Promise<void> {
  const { status } = await readStatus(folder);
  const around = dirname(folder);
  const entries = await readdir(around);
  for (let count = 1; ; count++) {
    const aside = `${basename(folder)}.${status}-${count}`;
    if (entries.includes(aside)) continue;
    await rename(folder, join(around, aside));
    return;
  }
}

/** A job whose sweep was killed goes on to the end of its step. */
async function endedStatus(folder: string): Promise<string> {
  for (let tries = 0; tries < 60; tries++) {
    const { status } = await readStatus(folder);
    if (status !== 'running') return status;
    await sleep(500);
  }
  throw new UserError(
    `${folder}: expected no process that writes there, found a run that goes on (status.json says which ` +
      'process). Stop it, or let it finish.',
  );
}
