import type { LauncherName } from '../../config/sweep.js';
import type { CreateLauncher } from './launcher.js';

/** Options of `bbits sweep` that only some launchers support. */
export type LauncherOption = 'jobs' | 'gpus' | 'failFast' | 'wait';

interface LauncherEntry {
  /** Import the launcher only when it is used. */
  readonly load: () => Promise<CreateLauncher>;
  /** Supported options; the others are rejected. */
  readonly takes: readonly LauncherOption[];
  /** Whether stdout is reserved for the launcher's output. */
  readonly ownsStdout?: true;
  /** Whether jobs are in a queue that can report and cancel them. */
  readonly hasQueue?: true;
}

/** The launchers by name, for `bbits sweep --launcher`. */
export const launchers: Readonly<Record<LauncherName, LauncherEntry>> = {
  local: {
    load: async () => (await import('./local-processes.js')).localProcesses,
    takes: ['jobs', 'gpus', 'failFast'],
  },
  print: {
    load: async () => (await import('./print.js')).printCommands,
    takes: [],
    ownsStdout: true,
  },
  slurm: {
    load: async () => (await import('./slurm.js')).slurmArrays,
    takes: ['jobs', 'wait'],
    hasQueue: true,
  },
};
