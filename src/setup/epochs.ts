import type { Config } from '../config/config.js';

/** Epochs of all phases of a run. */
export function allEpochs({ training, fineTuning }: Config): number {
  return training.epochs + fineTuning.epochs;
}
