import { cacheRoot } from './cache.js';
import type { Statfs } from './disk.js';
import { hasNvidiaDevice } from '../gpu.js';

/** What the installer and the doctor ask of the machine that they run on; tests give their own. */
export interface Machine {
  /** The cache folder of all builds. */
  root: string;
  /** Environment of the commands that are run, and so where they are looked for. */
  env: NodeJS.ProcessEnv;
  hasGpu: boolean;
  /** Free disk space; default: Node's. */
  statfs?: Statfs;
}

export function thisMachine(): Machine {
  return { root: cacheRoot(), env: process.env, hasGpu: hasNvidiaDevice() };
}
