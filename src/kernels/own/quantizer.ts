import type * as tf from '@tensorflow/tfjs-core';
import { nativeOps } from '../native-op.js';
import { hasOwnKernels } from './loaded.js';

/** x, beta, products and z_2 of `quantize`; a scalar z_2 means no channel gates. */
export type QuantizerOperands = [x: tf.Tensor, beta: tf.Tensor, products: tf.Tensor, z2: tf.Tensor];

/**
 * The quantizer in one pass over x, bit-identical to the reference. Undefined if bbits' own kernels are not
 * loaded. Its gradient is `ownQuantizerGradient`.
 */
export function ownQuantizer(
  operands: QuantizerOperands,
  signed: boolean,
): [y: tf.Tensor] | undefined {
  if (!hasOwnKernels()) return undefined;
  return nativeOps('BbitsQuantize', operands, 1, (kind) => [kind.bool('signed', signed)]) as
    [tf.Tensor] | undefined;
}

/**
 * The quantizer's gradients for dy at y, in one pass over dy and x, with float64 sums.
 *
 * @returns dx, dbeta, dproducts, dz_2
 */
export function ownQuantizerGradient(
  dy: tf.Tensor,
  operands: QuantizerOperands,
  signed: boolean,
): tf.Tensor[] {
  const gradients = nativeOps('BbitsQuantizeGradient', [dy, ...operands], 4, (kind) => [
    kind.bool('signed', signed),
  ]);
  if (!gradients) throw new Error('kernels: the backend changed between a step and its gradient');
  return gradients;
}
