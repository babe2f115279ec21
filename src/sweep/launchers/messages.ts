import type { Job, JobEnd, JobProgress } from '../job.js';

/*
 * Messages between a sweep and its jobs' processes, over the channel that Node opens to a forked process.
 * Types without a schema: both ends are this version of bbits, and nobody else can write to the channel.
 */

/** From a sweep to a job's process: first the job to run. */
export type ToJob = { readonly type: 'run'; readonly job: Job } | { readonly type: 'stop' };

/** From a job's process to its sweep. */
export type FromJob =
  | { readonly type: 'progress'; readonly done: JobProgress }
  | { readonly type: 'warning'; readonly text: string }
  | { readonly type: 'ended'; readonly end: JobEnd };
