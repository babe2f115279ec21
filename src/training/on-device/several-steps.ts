import * as tf from '@tensorflow/tfjs-core';
import { entry, type Entry, type TensorSpec } from '../../compile/entry.js';
import { repeated } from '../../compile/repeated.js';
import { zeroIfFinite } from '../finiteness.js';

/** Large enough that a call's overhead per step is negligible. */
const largestCount = 64;

/** Limit on a call's inputs, which are always sized for the maximum number of steps. */
const mostBytesFed = 2 ** 21;

/** Maximum number of steps in one call. @param inputs of one step */
export function mostSteps(inputs: Readonly<Record<string, TensorSpec>>): number {
  const bytes = Object.values(inputs).map(({ shape }) => shape.reduce((a, b) => a * b, 4));
  const fit = Math.floor(mostBytesFed / bytes.reduce((a, b) => a + b, 0));
  return Math.max(1, Math.min(largestCount, fit));
}

/** Several consecutive steps in one call, which ends after the first step with a non-finite result. */
export function severalSteps(step: Entry<string, 'result'>): Entry<string, 'result' | 'isBroken'> {
  const untilBroken = entry(step.inputs, (inputs, state) => {
    const {
      outputs: { result },
      state: changed = {},
    } = step.run(inputs, state);
    const isBroken = tf.logicalNot(tf.equal(zeroIfFinite(result), 0));
    return { outputs: { result, isBroken }, state: changed };
  });
  return repeated(untilBroken, mostSteps(step.inputs), 'isBroken');
}
