import * as tf from '@tensorflow/tfjs-core';
import { batchNormOf, testTimeFactors } from './batch-norm.js';
import { namedTensors } from './named-tensor.js';
import type { Plan } from './plan.js';

/**
 * Fold batch norms into the weights and biases before them, as at test time:
 *
 *     W_f = scale W / sigma,  bias = shift - scale mu / sigma
 *
 * @param plan the network with folded batch norms
 * @param folded the same network with biases in their place
 * @param variables the first network's variables and running statistics, by name
 * @returns the second network's variables and running statistics; the caller disposes them
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
