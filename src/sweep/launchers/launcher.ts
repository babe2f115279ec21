import type { SlurmOptions } from '../../config/sweep.js';
import type { Job, JobObserver } from '../job.js';

/** How the points of a sweep are started, watched and stopped. Those that there are: launchers.ts. */
export interface Launcher {
  /**
   * Sees to it that `runJob` is called for jobs, in whatever process, and returns when it has nothing
   * more to tell of them.
   *
   * @param jobs in the order in which they are to start. Taking one is starting it: one by one as there
   *   is room, or all at once to hand them on. There are no more where the sweep is stopped, or no job is
   *   to start after one has failed
   * @param observer is told of each job that is taken. One whose end it never hears of is taken to go on
   *   without the sweep
   * @param signal the sweep is to stop: so are the jobs that are watched
   * @throws UserError if jobs cannot be started at all. What goes wrong with one is how that one ends
   */
  launch(jobs: IterableIterator<Job>, observer: JobObserver, signal: AbortSignal): Promise<void>;
  /**
   * What launching these jobs would write or hand on, as text; nothing is written.
   *
   * @throws UserError as `launch` does
   */
  readonly preview?: (jobs: readonly Job[]) => Promise<string>;
}

/** What the command line and the config say of how jobs are to run. */
export interface LauncherOptions {
  /** The sweep's folder. */
  readonly folder: string;
  /** How many run at the same time; undefined: as many as the launcher sees fit. */
  readonly atOnce: number | undefined;
  /** Which GPUs they take turns on; empty: whatever there is. */
  readonly gpus: readonly string[];
  /** The program of a process that runs one job, and talks as messages.ts says: a JavaScript file. */
  readonly worker: string;
  /** The words that call bbits on another machine that sees the same files. */
  readonly program: readonly string[];
  /** The words of the command that was called. */
  readonly command: readonly string[];
  readonly slurm: SlurmOptions;
  /** Whether jobs that go on by themselves are watched to their end. */
  readonly wait: boolean;
  /** Prints what the user has asked for. */
  readonly tell: (line: string) => void;
}

export type CreateLauncher = (options: LauncherOptions) => Launcher;
