import { DivergedError } from '../errors.js';
import type { TrainerState } from './trainer-state.js';

/**
 * Check that all numbers of a trainer's state are finite.
 *
 * @param variables of the network, from the first layer to the last
 * @throws DivergedError if one is not
 */
export function checkFinite(
  { position, tensors }: TrainerState,
  variables: readonly { readonly name: string }[],
): void {
  const broken = Object.keys(tensors).filter(
    (name) => !tensors[name]?.values.every(Number.isFinite),
  );
  if (broken.length === 0) return;
  // The backward pass computes the last layer's gradient first.
  const first = variables.findLast(({ name }) => broken.includes(name))?.name ?? broken[0] ?? '';
  throw diverged(
    position.epoch,
    position.step,
    `${first} has numbers that are not finite, from the backward pass`,
  );
}

/** The error that ends a diverged run. @param what what is no longer finite, in words */
export function diverged(epoch: number, step: number, what: string): DivergedError {
  return new DivergedError(
    `Training diverged in epoch ${epoch}, step ${step}: ${what}. ` +
      'Try smaller learning rates (optimizers.weights.learningRate and the others).',
  );
}
