import type { SlurmOptions } from '../../config/sweep.js';
import type { Job, JobObserver } from '../job.js';

/** Starts, watches and stops the points of a sweep. All launchers are listed in launchers.ts. */
export interface Launcher {
  /**
   * Run jobs through `runJob`, in any process, and return once there is nothing more to report.
   *
   * @param jobs the jobs in starting order. Taking a job means starting it: one by one as capacity allows,
   *   or all at once, to submit or print them. The iterator ends early if the sweep is stopped, or after a
   *   failure with --fail-fast
   * @param observer called for each job taken. A job whose end is never reported is assumed to continue
   *   without the sweep
   * @param signal stops the sweep and the jobs that are being watched
   * @throws UserError if no job can be started; the failure of a single job is reported as its end
   */
  launch(jobs: IterableIterator<Job>, observer: JobObserver, signal: AbortSignal): Promise<void>;
  /**
   * The text that launching these jobs would write or submit; nothing is written.
   *
   * @throws UserError as for `launch`
   */
  readonly preview?: (jobs: readonly Job[]) => Promise<string>;
}

/** Options from the command line and the config. */
export interface LauncherOptions {
  /** The sweep's folder. */
  readonly folder: string;
  /** Number of simultaneous jobs; undefined: the launcher's default. */
  readonly atOnce: number | undefined;
  /** GPUs to assign in turn; empty: no assignment. */
  readonly gpus: readonly string[];
  /** JavaScript file of a process that runs one job, with the protocol of messages.ts. */
  readonly worker: string;
  /** Command that calls bbits on another machine with the same files. */
  readonly program: readonly string[];
  /** The current command line. */
  readonly command: readonly string[];
  readonly slurm: SlurmOptions;
  /** Whether to watch submitted jobs to their end. */
  readonly wait: boolean;
  /** Print output requested by the user. */
  readonly tell: (line: string) => void;
}

export type CreateLauncher = (options: LauncherOptions) => Launcher;
