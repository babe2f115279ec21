import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateDistribution } from '../../../bayesian-bits/gate-distribution.js';
import { explainWriteErrors } from '../../../files/write-file.js';
import type { EpochMetrics } from '../metrics-file.js';
import { scalarsEvent, startedAgainEvent, versionEvent } from './event.js';
import { epochScalars } from './scalars.js';
import { tfRecord } from './tf-record.js';

/** An event file that TensorBoard can read while it grows. */
export interface EventFile {
  readonly path: string;
  /**
   * Append an epoch, readable at once.
   *
   * @throws UserError if the file cannot be written
   */
  addEpoch(metrics: EpochMetrics): Promise<void>;
}

/**
 * Create a run's next event file, `events.out.tfevents.0001.bbits` in a new run. TensorBoard reads a folder's
 * files in name order, each up to the first truncated record, so a resumed run starts a new file. Epochs
 * that are trained again are hidden in the earlier files.
 *
 * @param firstEpoch the first epoch to be added
 * @param distribution distribution of the run's gates
 * @throws UserError if the file cannot be written
 */
export async function createEventFile(
  folder: string,
  firstEpoch: number,
  distribution: GateDistribution,
): Promise<EventFile> {
  for (let count = 1; ; count++) {
    const number = String(count).padStart(4, '0');
    const path = join(folder, `events.out.tfevents.${number}.bbits`);
    const start = [tfRecord(versionEvent(now()))];
    if (count > 1) start.push(tfRecord(startedAgainEvent(now(), firstEpoch)));
    if (await isNewFile(path, Buffer.concat(start))) return eventFile(path, distribution);
  }
}

function eventFile(path: string, distribution: GateDistribution): EventFile {
  return {
    path,
    async addEpoch(metrics) {
      const event = scalarsEvent(now(), metrics.epoch, epochScalars(metrics, distribution));
      await explainWriteErrors(path, () => appendFile(path, tfRecord(event)));
    },
  };
}

/** Write a new file; false if the name is taken. */
function isNewFile(path: string, data: Uint8Array): Promise<boolean> {
  return explainWriteErrors(path, async () => {
    try {
      await writeFile(path, data, { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  });
}

/** Seconds since 1970. */
function now(): number {
  return Date.now() / 1000;
}
