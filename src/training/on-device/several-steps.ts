import * as tf from '@tensorflow/tfjs-core';
import { entry, type Entry, type TensorSpec } from '../../compile/entry.js';
import { repeated } from '../../compile/repeated.js';

/** Enough that a call costs next to nothing of them. */
const largestCount = 64;

/** What is fed has room for as many steps as a call can do, however many it does. */
const mostBytesFed = 2 ** 21;

/** Steps that a call can do. @param inputs of one */
export function mostSteps(inputs: Readonly<Record<string, TensorSpec>>): number {
  const bytes = Object.values(inputs).map(({ shape }) => shape.reduce((a, b) => a * b, 4));
  const fit = Math.floor(mostBytesFed / bytes.reduce((a, b) => a + b, 0));
  return Math.max(1, Math.min(largestCount, fit));
}

/** Steps one after the other in one call, which ends with the first that tells of something that is not finite. */
export function severalSteps(step: Entry<string, 'result'>): Entry<string, 'result' | 'isBroken'> {
  const untilBroken = entry(step.inputs, (inputs, state) => {
    const {
      outputs: { result },
      state: changed = {},
    } = step.run(inputs, state);
    // 0 times infinity is NaN, as is everything that NaN is added to.
    const nothing = tf.sum(tf.mul(result, 0));
    const isBroken = tf.logicalNot(tf.equal(nothing, 0));
    return { outputs: { result, isBroken }, state: changed };
  });
  return repeated(untilBroken, mostSteps(step.inputs), 'isBroken');
}
