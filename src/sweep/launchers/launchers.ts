import type { LauncherName } from '../../config/sweep.js';
import type { CreateLauncher } from './launcher.js';

/** Options of `bbits sweep` that not every launcher can follow. */
export type LauncherOption = 'jobs' | 'gpus' | 'failFast' | 'wait';

interface LauncherEntry {
  /** Each is only loaded where it is used. */
  readonly load: () => Promise<CreateLauncher>;
  /** The others of those options are refused. */
  readonly takes: readonly LauncherOption[];
  /** Whether stdout has nothing but what the launcher prints. */
  readonly ownsStdout?: true;
  /** Whether jobs are in a queue, which can be asked and told to let them go. */
  readonly hasQueue?: true;
}

/** The launchers by name, as `bbits sweep --launcher` takes them. */
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
