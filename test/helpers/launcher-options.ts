import type { LauncherOptions } from '../../src/sweep/launchers/launcher.js';

/** A launcher's options, for tests in which most of them do not matter. */
export function launcherOptions(options: Partial<LauncherOptions> = {}): LauncherOptions {
  return {
    folder: 'sweep',
    atOnce: undefined,
    gpus: [],
    worker: '',
    program: ['bbits'],
    command: ['bbits', 'sweep', 'sweep.yaml'],
    slurm: { setup: [], saveSeconds: 120, sbatch: {} },
    wait: false,
    tell: () => undefined,
    ...options,
  };
}
