import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from './activation.js';
import {
  batchNormOf,
  foldedBatchNormTest,
  foldedBatchNormTraining,
  unfoldedBatchNormTest,
  unfoldedBatchNormTraining,
  type Statistics,
} from './batch-norm.js';
import { addBias } from './bias.js';
import { typeOf } from './layers/type-of.js';
import { linear } from './linear.js';
import { namedTensors } from './named-tensor.js';
import type { Plan, PlannedBatchNorm, Step, WeightedLayer } from './plan.js';
import { atMost6, relu } from './relu.js';

/** The operations at a network's quantizers, which are named as in the plan. */
export interface Quantizers {
  weight(site: string, weight: tf.Tensor): tf.Tensor;
  /** The weight, quantized without its channel gates, and the gates, which act in the batch norm. */
  weightAndGates(site: string, weight: tf.Tensor): WeightAndGates;
  /** A ReLU and the quantization of its output; or quantization alone, if no ReLU precedes it. */
  activation(site: string, beforeRelu: tf.Tensor, nonlinearity: Activation): tf.Tensor;
}

export interface WeightAndGates {
  readonly weight: tf.Tensor;
  /** z_2 of each output channel; undefined without channel gates. */
  readonly gates: tf.Tensor | undefined;
}

/** Full precision: no quantization, only the ReLUs. */
export const fullPrecision: Quantizers = {
  weight: (_, weight) => weight,
  weightAndGates: (_, weight) => ({ weight, gates: undefined }),
  activation: (_, x, nonlinearity) => (nonlinearity === 'none' ? x : relu(x)),
};

/** Training uses batch statistics and updates the running statistics; test time uses the latter. */
export type Mode = 'training' | 'test';

export interface Forward {
  /** Shape [batch, classes]. */
  readonly logits: tf.Tensor;
  /** Each weight layer's output after its activation, by layer name. */
  readonly outputs: Record<string, tf.Tensor>;
  /** The updated running statistics by name, in training. */
  readonly statistics: Record<string, tf.Tensor>;
}

/**
 * Run a network's forward pass.
 *
 * @param variables variables and running statistics, by name
 * @param images shape [batch, height, width, channels]
 * @param masks factors of each dropout, shape [batch, ...]; without masks nothing is dropped
 */
export function forward(
  plan: Plan,
  variables: Readonly<Record<string, tf.Tensor>>,
  images: tf.Tensor,
  quantizers: Quantizers,
  mode: Mode,
  masks?: readonly tf.Tensor[],
): Forward {
  const outputs: Record<string, tf.Tensor> = {};
  const statistics: Record<string, tf.Tensor> = {};
  const variable = namedTensors(variables);
  let dropouts = 0;

  const applyAll = (steps: readonly Step[], x: tf.Tensor) =>
    steps.reduce((x, step) => apply(step, x), x);

  function apply(step: Step, x: tf.Tensor): tf.Tensor {
    if (step.type === 'residual') {
      const sum = tf.add(applyAll(step.branch, x), applyAll(step.shortcut, x));
      return activated(step.activation, step.nonlinearity, sum);
    }
    if (step.type === 'dropout' && masks) return tf.mul(x, masks[dropouts++] as tf.Tensor);
    if (step.type !== 'weighted') return typeOf(step).apply(step, x, tf);
    const { name, batchNorm, activation, nonlinearity } = step.layer;
    const y = batchNorm ? normalized(step.layer, batchNorm, x) : biased(step.layer, x);
    return (outputs[name] = activation === undefined ? y : activated(activation, nonlinearity, y));
  }

  function activated(site: string, nonlinearity: Activation, x: tf.Tensor): tf.Tensor {
    const beforeRelu = nonlinearity === 'relu6' ? atMost6(x) : x;
    return quantizers.activation(site, beforeRelu, nonlinearity);
  }

  function biased(layer: WeightedLayer, x: tf.Tensor): tf.Tensor {
    const y = linear(layer.geometry, x, quantizers.weight(layer.weight, variable(layer.weight)));
    return layer.bias === undefined ? y : addBias(y, variable(layer.bias));
  }

  function normalized(layer: WeightedLayer, names: PlannedBatchNorm, x: tf.Tensor): tf.Tensor {
    const weight = variable(layer.weight);
    const multiply = (weight: tf.Tensor) => linear(layer.geometry, x, weight);
    const norm = batchNormOf(names, variable);
    switch (names.kind) {
      case 'folded': {
        const quantize = (folded: tf.Tensor) => quantizers.weight(layer.weight, folded);
        if (mode === 'test') return foldedBatchNormTest(multiply, weight, norm, quantize);
        return withStatistics(names, foldedBatchNormTraining(multiply, weight, norm, quantize));
      }
      case 'unfolded': {
        const quantized = quantizers.weightAndGates(layer.weight, weight);
        const y = multiply(quantized.weight);
        if (mode === 'test') return unfoldedBatchNormTest(y, norm, quantized.gates);
        return withStatistics(names, unfoldedBatchNormTraining(y, norm, quantized.gates));
      }
    }
  }

  /** Collect the updated statistics and return the output. */
  function withStatistics(
    names: PlannedBatchNorm,
    { output, statistics: updated }: { output: tf.Tensor; statistics: Statistics },
  ): tf.Tensor {
    statistics[names.mean] = updated.mean;
    statistics[names.variance] = updated.variance;
    return output;
  }

  return { logits: applyAll(plan.steps, images), outputs, statistics };
}
