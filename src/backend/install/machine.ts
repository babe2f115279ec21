import { cacheRoot } from './cache.js';
import type { Statfs } from './disk.js';
import { hasNvidiaDevice } from '../gpu.js';

/** The installer's and the doctor's view of this machine; tests pass their own. */
export interface Machine {
  /** Cache folder of all builds. */
  readonly root: string;
  /** Environment of child processes, whose PATH also locates commands. */
  readonly env: NodeJS.ProcessEnv;
  readonly hasGpu: boolean;
  /** Free disk space; default: Node's. */
  readonly statfs?: Statfs;
}

export function thisMachine(): Machine {
  return { root: cacheRoot(), env: process.env, hasGpu: hasNvidiaDevice() };
}
