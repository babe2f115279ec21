import type { Job, JobEnd, JobProgress } from '../job.js';

/*
 * What a sweep and the processes of its jobs say to each other, over the channel that Node opens to a
 * process that it forks. These are types and no schema: both ends are this version of bbits, and nobody
 * else can write to the channel.
 */

/** From a sweep to the process of a job: first what to run. */
export type ToJob = { readonly type: 'run'; readonly job: Job } | { readonly type: 'stop' };

/** From the process of a job to its sweep. */
export type FromJob =
  | { readonly type: 'progress'; readonly done: JobProgress }
  | { readonly type: 'warning'; readonly text: string }
  | { readonly type: 'ended'; readonly end: JobEnd };
