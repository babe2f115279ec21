import type * as tf from '@tensorflow/tfjs-core';
import { nativeOps } from '../native-op.js';
import { hasOwnKernels } from './loaded.js';

/** The constants of Adam. */
interface AdamConstants {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** The scalars of Adam that change from step to step. */
interface AdamRates {
  readonly rate: tf.Tensor;
  readonly rootScale: tf.Tensor;
}

/**
 * One step of Adam on one variable, in one pass instead of a dozen, bit-identical to `adamStep` of
 * src/training/optimizers/adam.ts. Undefined if bbits' own kernels are not loaded.
 *
 * @param means running means of the gradient and of its square, each of the gradient's shape
 */
export function ownAdamStep(
  { beta1, beta2, epsilon }: AdamConstants,
  { rate, rootScale }: AdamRates,
  { m, v }: { readonly m: tf.Tensor; readonly v: tf.Tensor },
  gradient: tf.Tensor,
): { update: tf.Tensor; m: tf.Tensor; v: tf.Tensor } | undefined {
  if (!hasOwnKernels()) return undefined;
  const outputs = nativeOps('BbitsAdam', [gradient, m, v, rate, rootScale], 3, (kind) => [
    kind.float('beta1', beta1),
    kind.float('rest1', 1 - beta1),
    kind.float('beta2', beta2),
    kind.float('rest2', 1 - beta2),
    kind.float('epsilon', epsilon),
  ]) as [tf.Tensor, tf.Tensor, tf.Tensor] | undefined;
  return outputs && { update: outputs[0], m: outputs[1], v: outputs[2] };
}
