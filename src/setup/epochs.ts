import type { Config } from '../config/config.js';

/** The phases of a run, in order. */
export type PhaseName = 'training' | 'fine-tuning';

/** The number of epochs of all phases. */
export function allEpochs({ training, fineTuning }: Config): number {
  return training.epochs + fineTuning.epochs;
}

/** The phase of an epoch. @param epoch counted from 1; 0, before training, belongs to `training` */
export function phaseOf({ training }: Config, epoch: number): PhaseName {
  return epoch > training.epochs ? 'fine-tuning' : 'training';
}
