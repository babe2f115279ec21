import * as tf from '@tensorflow/tfjs-core';
import { branch } from '../compile/branch.js';
import type { NamedTensors } from '../compile/entry.js';
import type { Plan } from '../nn/plan.js';
import type { QuantizerState } from './quantizer-state.js';

/**
 * A vector that marks the tensors of a step that are not finite: first the layers' outputs, then the
 * variables before the step; 0 for a finite tensor, NaN otherwise. It is computed only if the loss is not
 * finite, so that it costs nothing otherwise.
 */
export function finiteness(
  plan: Plan,
  loss: tf.Tensor,
  outputs: NamedTensors,
  variables: Readonly<NamedTensors>,
): tf.Tensor {
  const tensors = [
    ...plan.layers.map(({ name }) => outputs[name]),
    ...plan.variables.map(({ name }) => variables[name]),
  ] as tf.Tensor[];
  const isBroken = tf.logicalNot(tf.equal(tf.mul(loss, 0), 0));
  const [found] = branch(isBroken, () => [tf.stack(tensors.map(zeroIfFinite))], [
    tf.zeros([tensors.length]),
  ]);
  return found;
}

/** A scalar: 0, or NaN if any value is not finite, since 0 times infinity is NaN and NaN propagates. */
export function zeroIfFinite(tensor: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(tensor, 0));
}

/** The length of the vector of `finiteness`. */
export function finitenessLength(plan: Plan): number {
  return plan.layers.length + plan.variables.length;
}

/**
 * Name the first tensor that was not finite, in the order of computation. A variable that was not finite
 * before the step comes from the previous step's gradients, which are computed from the last layer to the
 * first.
 *
 * @param found by `finiteness`
 * @returns undefined if all are finite
 */
export function firstNotFinite(plan: Plan, found: ArrayLike<number>): string | undefined {
  const isFiniteAt = (at: number) => Number.isFinite(found[at]);
  const broken = plan.variables.filter((_, index) => !isFiniteAt(plan.layers.length + index));
  const last = broken.at(-1);
  if (last) return `${last.name}, from the backward pass of the previous step`;
  const layer = plan.layers.find((_, index) => !isFiniteAt(index));
  return layer && `the output of ${layer.name}, in the forward pass`;
}

/** Name the last range or gate that is not finite, whose gradient the backward pass computes first. */
export function lastBrokenQuantizer(quantizers: readonly QuantizerState[]): string | undefined {
  const broken = quantizers.findLast(
    ({ beta, phi }) => !beta.value.every(Number.isFinite) || !phi.value.every(Number.isFinite),
  );
  return broken && `the range or the gates of ${broken.site.name}, from the backward pass`;
}
