import * as tf from '@tensorflow/tfjs-core';
import { deviceTensor } from '../nn/device-tensor.js';
import { typeOf } from '../nn/layers/type-of.js';
import { linear } from '../nn/linear.js';
import { marginsOf, pairOf } from '../nn/windows.js';
import { activate } from './activation.js';
import type { Deployed } from './deploy.js';
import { convolveGroups } from './groups.js';
import type { DeployedLayer, DeployedResidual, DeployedStep } from './network.js';

/**
 * The logits of a deployed network: a slow reference that follows its description literally.
 *
 * @param images shape [batch, height, width, channels]
 */
export function infer({ network, tensors }: Deployed, images: tf.Tensor): tf.Tensor {
  return applyAll(network.steps, images);

  function applyAll(steps: readonly DeployedStep[], x: tf.Tensor): tf.Tensor {
    return steps.reduce((x, step) => apply(step, x), x);
  }

  function apply(step: DeployedStep, x: tf.Tensor): tf.Tensor {
    if (step.type === 'residual') return residual(step, x);
    if ('weight' in step) return layer(step, x);
    return typeOf(step).apply(step, x, tf);
  }

  function layer(step: DeployedLayer, x: tf.Tensor): tf.Tensor {
    const { outputShape, activation } = step;
    const weight = tf.mul(tensor(step.weight), tensor(step.scale));
    const product =
      weight.size === 0 ? tf.zeros([x.shape[0], ...outputShape]) : multiplied(step, x, weight);
    const scaled = step.factor === undefined ? product : tf.mul(product, tensor(step.factor));
    const y = tf.add(scaled, biasOf(step));
    return activation ? activate(y, activation) : y;
  }

  /** One bias for each channel, or for each row, column and channel. */
  function biasOf({ bias, biasRows, biasColumns }: DeployedLayer): tf.Tensor {
    if (biasRows === undefined || biasColumns === undefined) return tensor(bias);
    const at = (name: string) => tf.cast(tensor(name), 'int32');
    return tf.gather(tf.gather(tensor(bias), at(biasRows), 0), at(biasColumns), 1);
  }

  function residual(step: DeployedResidual, x: tf.Tensor): tf.Tensor {
    const { channels, branchChannels, shortcutChannels, activation } = step;
    const branch = placed(applyAll(step.branch, x), branchChannels, channels.length);
    const shortcut = placed(applyAll(step.shortcut, x), shortcutChannels, channels.length);
    const sum = tf.add(branch, shortcut);
    const y = step.constant === undefined ? sum : tf.add(sum, tensor(step.constant));
    return activate(y, activation);
  }

  function tensor(name: string): tf.Tensor {
    const found = tensors[name];
    if (!found) throw new Error(`infer: no tensor "${name}"`);
    return deviceTensor(found);
  }
}

/** Scatter channels to their positions; the others are zero. */
function placed(x: tf.Tensor, places: readonly number[], count: number): tf.Tensor {
  const zero = tf.zeros([...x.shape.slice(0, -1), 1]);
  const from = Array.from({ length: count }, (_, channel) => {
    const at = places.indexOf(channel);
    return at < 0 ? places.length : at;
  });
  return tf.gather(tf.concat([x, zero], x.rank - 1), tf.tensor1d(from, 'int32'), x.rank - 1);
}

function multiplied(step: DeployedLayer, x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const { type, stride = 1, padding = 0, groups = 1, kernel = [], outputShape } = step;
  if (type === 'dense') return linear({ type }, x, weight);
  const geometry = { type, stride: pairOf(stride), padding: marginsOf(padding) } as const;
  return typeof groups === 'number'
    ? linear({ ...geometry, groups }, x, weight)
    : convolveGroups(x, weight, groups, kernel, { ...geometry, groups: 1 }, outputShape);
}
