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
}

/** What the command line says of how jobs are to run. */
export interface LauncherOptions {
  /** How many run at the same time. */
  readonly atOnce: number;
  /** Which GPUs they take turns on; empty: whatever there is. */
  readonly gpus: readonly string[];
  /** The program of a process that runs one job, and talks as messages.ts says: a JavaScript file. */
  readonly worker: string;
}

export type CreateLauncher = (options: LauncherOptions) => Launcher;
