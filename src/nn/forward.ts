import * as tf from '@tensorflow/tfjs-core';
import { addBias } from './bias.js';
import { convolve } from './convolve.js';
import { foldedBatchNormTest, foldedBatchNormTraining } from './folded-batch-norm.js';
import { relu } from './relu.js';
import type { Plan, Step, WeightedLayer } from './plan.js';

/** What stands at the places of a network's quantizers, each named as in the plan. */
export interface Quantizers {
  weight(site: string, weight: tf.Tensor): tf.Tensor;
  /** A ReLU and whatever comes after it. */
  activation(site: string, beforeRelu: tf.Tensor): tf.Tensor;
}

/** Full precision: weights as they are, activations after a ReLU. */
export const fullPrecision: Quantizers = {
  weight: (_, weight) => weight,
  activation: (_, beforeRelu) => relu(beforeRelu),
};

/** In training, batch norms use and update statistics; at test time they use the running ones. */
export type Mode = 'training' | 'test';

export interface Forward {
  /** Of shape [batch, classes]. */
  readonly logits: tf.Tensor;
  /** In training, the new running statistics by name. */
  readonly statistics: Record<string, tf.Tensor>;
}

/**
 * A network's forward pass.
 *
 * @param variables and running statistics, by name
 * @param images of shape [batch, height, width, channels]
 */
export function forward(
  plan: Plan,
  variables: Readonly<Record<string, tf.Tensor>>,
  images: tf.Tensor,
  quantizers: Quantizers,
  mode: Mode,
): Forward {
  const statistics: Record<string, tf.Tensor> = {};
  const variable = (name: string): tf.Tensor => {
    const found = variables[name];
    if (!found) throw new Error(`forward: no variable "${name}"`);
    return found;
  };

  function apply(step: Step, x: tf.Tensor): tf.Tensor {
    switch (step.type) {
      case 'flatten':
        return tf.reshape(x, [x.shape[0], -1]);
      case 'max-pool':
        return tf.maxPool(x as tf.Tensor4D, step.size, step.size, 'valid');
      case 'weighted': {
        const y = weighted(step.layer, x);
        const { activation } = step.layer;
        return activation === undefined ? y : quantizers.activation(activation, y);
      }
    }
  }

  function weighted(layer: WeightedLayer, x: tf.Tensor): tf.Tensor {
    const weight = variable(layer.weight);
    const quantize = (weight: tf.Tensor) => quantizers.weight(layer.weight, weight);
    const multiply = (weight: tf.Tensor) => product(layer, x, weight);
    if (layer.batchNorm) {
      const names = layer.batchNorm;
      const norm = {
        scale: variable(names.scale),
        shift: variable(names.shift),
        mean: variable(names.mean),
        variance: variable(names.variance),
      };
      if (mode === 'test') return foldedBatchNormTest(multiply, weight, norm, quantize);
      const { output, statistics: updated } = foldedBatchNormTraining(
        multiply,
        weight,
        norm,
        quantize,
      );
      statistics[names.mean] = updated.mean;
      statistics[names.variance] = updated.variance;
      return output;
    }
    const y = multiply(quantize(weight));
    return layer.bias === undefined ? y : addBias(y, variable(layer.bias));
  }

  const logits = plan.steps.reduce((x, step) => apply(step, x), images);
  return { logits, statistics };
}

function product({ geometry }: WeightedLayer, x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  if (geometry.type === 'dense') return tf.matMul(x, weight);
  return convolve(x, weight, geometry.stride, geometry.padding);
}
