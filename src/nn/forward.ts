import * as tf from '@tensorflow/tfjs-core';
import { addBias } from './bias.js';
import { convolve } from './convolve.js';
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

/**
 * The network's logits, of shape [batch, classes].
 *
 * @param images of shape [batch, height, width, channels]
 */
export function forward(
  plan: Plan,
  variables: Readonly<Record<string, tf.Tensor>>,
  images: tf.Tensor,
  quantizers: Quantizers,
): tf.Tensor {
  return plan.steps.reduce((x, step) => apply(step, x, variables, quantizers), images);
}

function apply(
  step: Step,
  x: tf.Tensor,
  variables: Readonly<Record<string, tf.Tensor>>,
  quantizers: Quantizers,
): tf.Tensor {
  switch (step.type) {
    case 'flatten':
      return tf.reshape(x, [x.shape[0], -1]);
    case 'max-pool':
      return tf.maxPool(x as tf.Tensor4D, step.size, step.size, 'valid');
    case 'weighted': {
      const { layer } = step;
      const weight = quantizers.weight(layer.weight, variable(variables, layer.weight));
      const linear = addBias(product(layer, x, weight), variable(variables, layer.bias));
      return layer.activation === undefined
        ? linear
        : quantizers.activation(layer.activation, linear);
    }
  }
}

function product({ geometry }: WeightedLayer, x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  if (geometry.type === 'dense') return tf.matMul(x, weight);
  const { stride, padding } = geometry;
  return convolve(x, weight, stride, padding);
}

function variable(variables: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor {
  const found = variables[name];
  if (!found) throw new Error(`forward: no variable "${name}"`);
  return found;
}
