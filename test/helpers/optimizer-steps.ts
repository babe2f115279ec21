import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from '../../src/training/optimizers/optimizers.js';
import { move, ratesAt } from '../../src/training/optimizers/move.js';

/** Values of a variable after each step of an optimizer with the given gradients; each step is an epoch. */
export function optimizerSteps(
  optimizer: Optimizer,
  start: readonly number[],
  gradients: readonly (readonly number[])[],
): number[][] {
  let value: tf.Tensor = tf.tensor1d([...start]);
  let slots: Readonly<Record<string, tf.Tensor>> = Object.fromEntries(
    optimizer.slots.map((name) => [name, tf.zerosLike(value)]),
  );
  return gradients.map((numbers, step) => {
    const gradient = tf.tensor1d([...numbers]);
    const rates = Object.fromEntries(
      Object.entries(ratesAt(optimizer, { t: step + 1, epochsDone: step })).map(([name, rate]) => [
        name,
        tf.scalar(rate),
      ]),
    );
    const shared = optimizer.shared([gradient]);
    ({ value, slots } = move(optimizer, { before: value, gradient, slots, rates, shared }));
    return Array.from(value.dataSync());
  });
}
