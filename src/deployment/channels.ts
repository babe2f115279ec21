import * as tf from '@tensorflow/tfjs-core';
import { linear, type Geometry } from '../nn/linear.js';
import { product } from '../nn/shapes.js';
import type { DeployedTensor } from './network.js';

/** A tensor of the trained network, and its channels in the deployed network. */
export interface Channels {
  /** Shape of one image with all channels; one axis after flattening. */
  readonly shape: readonly number[];
  /** Indices of the kept channels, ascending. */
  readonly kept: readonly number[];
  /** The constant that each dropped channel emits at every pixel; 0 for kept channels. */
  readonly constants: Float32Array;
}

export function hasConstants({ constants }: Channels): boolean {
  return constants.some((constant) => constant !== 0);
}

/**
 * A layer's output for the constants that dropped channels emit.
 *
 * @param weight real numbers, with all channels
 * @param factor of each output channel
 * @returns the value at each pixel and output channel
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

/** Select the kept inputs and outputs along a weight's last two axes. */
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
