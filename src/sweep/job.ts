import type { LoadedConfig } from '../config/config.js';

/**
 * A point of a sweep that is to be run, with all that its run needs. It is plain data: it can be sent to
 * another process, or written down for one.
 */
export interface Job {
  /** The point's: no two of a sweep have the same. */
  readonly name: string;
  readonly loaded: LoadedConfig;
  /** The run's folder. */
  readonly folder: string;
  /** What was called, for the run's record. */
  readonly command: readonly string[];
  /** Whether one that diverged is trained again though it would do the same. */
  readonly retry: boolean;
  /** Whether one that was begun on another device is refused. */
  readonly sameMachine: boolean;
}

/** How far a job is; epochs of all phases, both counted from 1. */
export interface JobProgress {
  readonly epoch: number;
  /** Of that epoch, the last one that is done. */
  readonly step: number;
  readonly stepsPerEpoch: number;
}

/** Epochs that are done, with the part of the one that it is in. */
export function epochsDone({ epoch, step, stepsPerEpoch }: JobProgress): number {
  return epoch - 1 + step / stepsPerEpoch;
}

/** How a job ended. */
export type JobEnd =
  | {
      readonly status: 'finished';
      readonly testAccuracyPercent: number;
      readonly relativeBopsPercent: number;
    }
  | { readonly status: 'failed' | 'diverged' | 'interrupted'; readonly reason: string };

/** Is told what happens to jobs: to each one first that it has started, last how it ended. */
export interface JobObserver {
  started(job: Job): void;
  progress(job: Job, done: JobProgress): void;
  /** What is well, and not as it should be. */
  warning(job: Job, text: string): void;
  ended(job: Job, end: JobEnd): void;
}
