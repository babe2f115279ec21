import * as tf from '@tensorflow/tfjs-core';
import { batchNormOf, testTimeFactors } from './batch-norm.js';
import { namedTensors } from './named-tensor.js';
import type { Plan } from './plan.js';

/**
 * The variables of the network without its folded batch norms, which are what these are at test time:
 *
 *     W_f = scale W / sigma,  bias = shift - scale mu / sigma
 *
 * @param plan with them
 * @param folded the plan without
 * @param variables and running statistics of the first, by name
 * @returns those of the second; the caller's to dispose
 */
export function foldBatchNorms(
  plan: Plan,
  folded: Plan,
  variables: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  const variable = namedTensors(variables);
  return tf.tidy(() => {
    const made: Record<string, tf.Tensor> = {};
    for (const { name, weight, batchNorm } of plan.layers) {
      if (batchNorm?.kind !== 'folded') continue;
      const { ratio, offset } = testTimeFactors(batchNormOf(batchNorm, variable));
      made[weight] = tf.mul(variable(weight), ratio);
      made[`${name}/bias`] = offset;
    }
    return Object.fromEntries(
      [...folded.variables, ...folded.statistics].map(({ name }) => [
        name,
        made[name] ?? tf.clone(variable(name)),
      ]),
    );
  });
}
