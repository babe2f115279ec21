import type { Config } from '../config/config.js';

/** The phases of a run, in order. */
export type PhaseName = 'training' | 'fine-tuning';

/** Epochs of all phases of a run. */
export function allEpochs({ training, fineTuning }: Config): number {
  return training.epochs + fineTuning.epochs;
}

/** The phase that one of a run's epochs belongs to. @param epoch from 1; 0, not begun, is training's */
export function phaseOf({ training }: Config, epoch: number): PhaseName {
  return epoch > training.epochs ? 'fine-tuning' : 'training';
}
