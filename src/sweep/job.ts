import type { LoadedConfig } from '../config/config.js';

/**
 * A point of a sweep to be run, with everything that its run needs, as plain data that can be sent to another
 * process, or stored in a file for it to read.
 */
export interface Job {
  /** The point's name, unique in a sweep. */
  readonly name: string;
  readonly loaded: LoadedConfig;
  /** The run's folder. */
  readonly folder: string;
  /** The command line, for the run's record. */
  readonly command: readonly string[];
  /** Whether to retrain a diverged run although it would diverge again. */
  readonly retry: boolean;
  /** Whether to refuse to resume a run on another device. */
  readonly sameMachine: boolean;
}

/** Progress of a job; epochs, over all phases, and steps both count from 1. */
export interface JobProgress {
  readonly epoch: number;
  /** The last finished step of this epoch. */
  readonly step: number;
  readonly stepsPerEpoch: number;
}

/** Finished epochs, including the finished fraction of the current one. */
export function epochsDone({ epoch, step, stepsPerEpoch }: JobProgress): number {
  return epoch - 1 + step / stepsPerEpoch;
}

/** The end of a job. */
export type JobEnd =
  | {
      readonly status: 'finished';
      readonly testAccuracyPercent: number;
      readonly relativeBopsPercent: number;
    }
  | { readonly status: 'failed' | 'diverged' | 'interrupted'; readonly reason: string };

/** Callbacks for jobs: for each job `started` comes first and `ended` last. */
export interface JobObserver {
  started(job: Job): void;
  progress(job: Job, done: JobProgress): void;
  /** Something unexpected that does not fail the job. */
  warning(job: Job, text: string): void;
  ended(job: Job, end: JobEnd): void;
}
