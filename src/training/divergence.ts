import { DivergedError } from '../errors.js';
import type { TrainerState } from './trainer-state.js';

/**
 * What training that has broken down must not leave behind.
 *
 * @throws DivergedError if a number in it is not finite
 */
export function checkFinite({ position: { epoch, step }, tensors }: TrainerState): void {
  const found = Object.entries(tensors).find(([, { values }]) => !values.every(Number.isFinite));
  if (found) throw diverged(epoch, step, `${found[0]} has numbers that are not finite`);
}

/** @param what is not a number any more, in words */
export function diverged(epoch: number, step: number, what: string): DivergedError {
  return new DivergedError(
    `Training diverged in epoch ${epoch}, step ${step}: ${what}. ` +
      'Try smaller learning rates (optimizers.weights.learningRate and the others).',
  );
}
