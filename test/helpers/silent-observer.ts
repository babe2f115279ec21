import type { RunObserver } from '../../src/runs/train-and-record.js';

/** An observer that ignores all events of a run. */
export const silent: RunObserver = {
  prepared: () => undefined,
  stepDone: () => undefined,
  epochDone: () => undefined,
};
