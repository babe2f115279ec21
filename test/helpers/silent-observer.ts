import type { RunObserver } from '../../src/runs/train-and-record.js';

/** Is told what happens in a run, and does nothing. */
export const silent: RunObserver = {
  prepared: () => undefined,
  stepDone: () => undefined,
  epochDone: () => undefined,
};
