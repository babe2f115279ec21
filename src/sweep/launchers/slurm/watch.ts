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

/** Milliseconds between two looks: a queue that many look at is no place to look into all the time. */
const lookEvery = 10_000;

/**
 * Tells what becomes of jobs that are in Slurm's queue, until none is any more, or the signal: they go on then.
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
  /** Without an end when they had left the queue. */
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
        // What its node has written last may show late.
        if (end.status === 'interrupted' && !unclear.has(job)) {
          unclear.add(job);
          continue;
        }
        left.delete(job);
        observer.ended(job, end);
        continue;
      }
      const { epoch = 0 } = (await lastLine(job.folder, metricsFile)) ?? {};
      // No more is known from outside than whole epochs.
      if (epoch > 0) observer.progress(job, { epoch, step: 1, stepsPerEpoch: 1 });
    }
    if (left.size === 0) return;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

/** How a job ended that is not in the queue any more. */
async function endOf({ folder }: Job): Promise<JobEnd> {
  const { status, reason = '' } = await launchedState(folder, undefined);
  const result = status === 'finished' ? await readResult(folder) : undefined;
  if (result) return endWith(result);
  if (status === 'failed' || status === 'diverged') return { status, reason };
  return { status: 'interrupted', reason };
}
