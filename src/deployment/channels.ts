import * as tf from '@tensorflow/tfjs-core';
import { linear, type Geometry } from '../nn/linear.js';
import { product } from '../nn/shapes.js';
import type { DeployedTensor } from './network.js';

/** A tensor of the trained network, and which of its channels are there in the deployed one. */
export interface Channels {
  /** Of one image, with all channels; flat: one axis. */
  readonly shape: readonly number[];
  /** In rising order. */
  readonly kept: readonly number[];
  /** Of each channel: what a dropped one emits at every pixel; 0 for those that are kept. */
  readonly constants: Float32Array;
}

export function hasConstants({ constants }: Channels): boolean {
  return constants.some((constant) => constant !== 0);
}

/**
 * What a layer makes of the constants that dropped channels emit.
 *
 * @param weight in real numbers, with all channels
 * @param factor of each output channel
 * @returns of each pixel and output channel
 */
export function constantsThrough(
  { shape, constants }: Channels,
  geometry: Geometry,
  weight: tf.Tensor,
  factor: Float32Array | undefined,
): Float32Array {
  const pixels = product(shape) / constants.length;
  const image = tf.reshape(tf.tile(tf.tensor1d(constants), [pixels]), [1, ...shape]);
  const y = linear(geometry, image, weight);
  return (factor ? tf.mul(y, factor) : y).dataSync() as Float32Array;
}

/** A weight with the rows and columns of its last two axes that are left. */
export function removed(
  { shape, values }: DeployedTensor,
  inputs: readonly number[],
  outputs: readonly number[],
): DeployedTensor {
  const [allInputs = NaN, allOutputs = NaN] = shape.slice(-2);
  const kernel = shape.slice(0, -2);
  const positions = product(kernel);
  const left = new (values.constructor as typeof Float32Array)(
    positions * inputs.length * outputs.length,
  );
  let at = 0;
  for (let position = 0; position < positions; position++) {
    for (const input of inputs) {
      const row = (position * allInputs + input) * allOutputs;
      for (const output of outputs) {
        left[at] = values[row + output] ?? NaN;
        at += 1;
      }
    }
  }
  return { shape: [...kernel, inputs.length, outputs.length], values: left };
}
