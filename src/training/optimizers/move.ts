import type * as tf from '@tensorflow/tfjs-core';
import type { Moment, Step, Transform } from './transform.js';

/** The rates of a step, for `move`. */
export function ratesAt({ rates }: Transform, at: Moment): Record<string, number> {
  return Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, rate(at)]));
}

/** The inputs of an optimizer's step on one variable. */
interface Start extends Pick<Step, 'before' | 'slots' | 'rates' | 'shared'> {
  readonly gradient: tf.Tensor;
}

/**
 * Take one step of an optimizer on one variable.
 *
 * @throws Error if none of its transforms changes the value
 */
export function move(
  optimizer: Transform,
  { gradient, ...start }: Start,
): Pick<Step, 'value' | 'slots'> {
  const { before } = start;
  const { value = before, slots = {} } = optimizer.update({
    ...start,
    value: before,
    update: gradient,
  });
  if (value === before) {
    throw new Error('optimizer: no transform changes the value; end its chain with descend');
  }
  return { value, slots };
}
