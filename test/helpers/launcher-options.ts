import type { LauncherOptions } from '../../src/sweep/launchers/launcher.js';

/** What a launcher is made with, where most of it is not the subject. */
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
