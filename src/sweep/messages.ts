import type { LoadedConfig } from '../config/config.js';

/** From a sweep to one of its jobs, which is a process of its own. */
export type ToJob =
  { readonly type: 'run'; readonly request: JobRequest } | { readonly type: 'stop' };

export interface JobRequest {
  readonly loaded: LoadedConfig;
  /** The run's folder. */
  readonly out: string;
  /** Whether it is there already, and was stopped before its end. */
  readonly goesOn: boolean;
  /** For the run's record. */
  readonly command: readonly string[];
}

/** From a job to its sweep. */
export type FromJob =
  | { readonly type: 'step'; readonly done: JobProgress }
  | { readonly type: 'warning'; readonly text: string }
  | { readonly type: 'ended'; readonly end: JobEnd };

export interface JobProgress {
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
}

/** How a job ended. */
export type JobEnd =
  | {
      readonly status: 'finished';
      readonly testAccuracyPercent: number;
      readonly relativeBopsPercent: number;
    }
  | { readonly status: 'failed' | 'diverged' | 'interrupted'; readonly reason: string };
