import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../nn/linear.js';
import type { ConvolutionGeometry } from '../nn/convolve.js';
import { groupsOf } from '../nn/kept-inputs.js';
import { product } from '../nn/shapes.js';
import type { DeployedTensor, GroupSizes } from './network.js';

/** A grouped convolution without its dropped channels. */
export interface RemovedFromGroups {
  readonly weight: DeployedTensor;
  readonly step: { readonly groups: number | GroupSizes; readonly kernel?: readonly number[] };
}

/**
 * Remove dropped channels from a grouped convolution. If all groups keep the same numbers of channels, the
 * result is still a grouped convolution; otherwise the groups' weights are concatenated, each of shape [rows,
 * columns, inputs, outputs].
 *
 * @param weight shape [rows, columns, input channels of a group, output channels]
 * @param inputs kept input channels, in ascending order
 */
export function removedFromGroups(
  { shape, values }: DeployedTensor,
  groups: number,
  inputs: readonly number[],
  outputs: readonly number[],
): RemovedFromGroups {
  const [rows = NaN, columns = NaN, allInputs = NaN, allOutputs = NaN] = shape;
  const isLeft = (left: readonly number[]) => {
    const set = new Set(left);
    return (_: unknown, channel: number) => set.has(channel);
  };
  const placesIn = (count: number, left: readonly number[]) =>
    groupsOf(Array.from({ length: count }, isLeft(left)), groups).map((kept) =>
      kept.flatMap((isKept, at) => (isKept ? [at] : [])),
    );
  const inputsOf = placesIn(allInputs * groups, inputs);
  const outputsOf = placesIn(allOutputs, outputs);
  const sizes = inputsOf
    .map((kept, group) => [kept.length, outputsOf[group]?.length ?? 0] as const)
    .filter(([inputs, outputs]) => inputs + outputs > 0);

  const at = (position: number, input: number, output: number) =>
    values[(position * allInputs + input) * allOutputs + output] ?? NaN;
  const positions = Array.from({ length: rows * columns }, (_, position) => position);
  const ofGroup = (position: number, group: number) =>
    (inputsOf[group] ?? []).map((input) =>
      (outputsOf[group] ?? []).map((output) =>
        at(position, input, group * (allOutputs / groups) + output),
      ),
    );
  const all = inputsOf.map((_, group) => group);
  const numbers = (list: readonly number[]) =>
    (values.constructor as typeof Float32Array).from(list);

  const [[inEach, outEach] = [0, 0]] = sizes;
  if (sizes.every(([inputs, outputs]) => inputs === inEach && outputs === outEach)) {
    const list = positions.flatMap((position) => {
      const blocks = all
        .map((group) => ofGroup(position, group))
        .filter(({ length }) => length > 0);
      return Array.from({ length: inEach }, (_, input) =>
        blocks.flatMap((block) => block[input] ?? []),
      ).flat();
    });
    const left = [rows, columns, inEach, outputs.length];
    return { weight: { shape: left, values: numbers(list) }, step: { groups: sizes.length } };
  }
  const list = all.flatMap((group) =>
    positions.flatMap((position) => ofGroup(position, group).flat()),
  );
  return {
    weight: { shape: [list.length], values: numbers(list) },
    step: { groups: sizes, kernel: [rows, columns] },
  };
}

/**
 * A grouped convolution with groups of different sizes.
 *
 * @param x shape [batch, height, width, channels]
 * @param weight the groups' weights, concatenated, each of shape [rows, columns, inputs, outputs]
 * @param outputShape shape of one image
 */
export function convolveGroups(
  x: tf.Tensor,
  weight: tf.Tensor,
  sizes: GroupSizes,
  kernel: readonly number[],
  geometry: ConvolutionGeometry,
  [height = NaN, width = NaN]: readonly number[],
): tf.Tensor {
  let [channel, at] = [0, 0];
  const parts = sizes.flatMap(([inputs, outputs]) => {
    const [first, start] = [channel, at];
    const size = product([...kernel, inputs, outputs]);
    channel += inputs;
    at += size;
    if (outputs === 0) return [];
    if (inputs === 0) return [tf.zeros([x.shape[0], height, width, outputs])];
    const part = tf.slice(x, [0, 0, 0, first], [-1, -1, -1, inputs]);
    const own = tf.reshape(tf.slice(weight, start, size), [...kernel, inputs, outputs]);
    return [linear({ ...geometry, groups: 1 }, part, own)];
  });
  return tf.concat(parts, 3);
}
