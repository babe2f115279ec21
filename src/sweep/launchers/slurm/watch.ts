import { setTimeout as sleep } from 'node:timers/promises';
import { resolve } from 'node:path';
import { lastLine } from '../../../files/json-file.js';
import { metricsFile } from '../../../runs/folder/metrics-file.js';
import { readResult } from '../../../runs/folder/result-file.js';
import { endWith } from '../../end.js';
import type { Job, JobEnd, JobObserver } from '../../job.js';
import { readManifests } from '../manifest.js';
import { launchedState } from '../../launched.js';
import { queuedTasks } from './queue.js';

/** Polling interval in ms; long, because many users share the queue. */
const lookEvery = 10_000;

/**
 * Report the progress of jobs until all have left Slurm's queue. An aborted signal stops only the watching.
 *
 * @throws UserError if Slurm does not answer
 */
export async function watchTasks(
  jobs: readonly Job[],
  sweep: string,
  observer: JobObserver,
  signal: AbortSignal,
  everyMs = lookEvery,
): Promise<void> {
  const left = new Set(jobs);
  const started = new Set<Job>();
  /** Jobs that were neither queued nor ended at the last poll. */
  const unclear = new Set<Job>();
  const begin = (job: Job) => {
    if (started.has(job)) return;
    started.add(job);
    observer.started(job);
  };
  const manifests = await readManifests(sweep);
  while (left.size > 0) {
    const tasks = await queuedTasks(manifests);
    for (const job of left) {
      const task = tasks.get(resolve(job.folder));
      if (task?.isRunning === false) continue;
      begin(job);
      if (task === undefined) {
        const end = await endOf(job);
        // The last files of a task's node may appear late.
        if (end.status === 'interrupted' && !unclear.has(job)) {
          unclear.add(job);
          continue;
        }
        left.delete(job);
        observer.ended(job, end);
        continue;
      }
      const { epoch = 0 } = (await lastLine(job.folder, metricsFile)) ?? {};
      // Only whole epochs can be observed from outside.
      if (epoch > 0) observer.progress(job, { epoch, step: 1, stepsPerEpoch: 1 });
    }
    if (left.size === 0) return;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

/** The end of a job that has left the queue. */
async function endOf({ folder }: Job): Promise<JobEnd> {
  const { status, reason = '' } = await launchedState(folder, undefined);
  const result = status === 'finished' ? await readResult(folder) : undefined;
  if (result) return endWith(result);
  if (status === 'failed' || status === 'diverged') return { status, reason };
  return { status: 'interrupted', reason };
}
