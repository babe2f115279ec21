import type * as tf from '@tensorflow/tfjs-core';
import { nativeOps } from '../native-op.js';
import { hasOwnKernels } from './loaded.js';

/** x, beta, products and z_2 of `quantize`; a scalar z_2: no channel gates. */
export type QuantizerOperands = [x: tf.Tensor, beta: tf.Tensor, products: tf.Tensor, z2: tf.Tensor];

/**
 * The quantizer in one pass over x, with the values of the plain functions to the bit. Undefined where
 * bbits' own kernels are not loaded. It has no gradient: `ownQuantizerGradient` is it.
 */
export function ownQuantizer(
  operands: QuantizerOperands,
  signed: boolean,
): [y: tf.Tensor] | undefined {
  if (!hasOwnKernels()) return undefined;
  return nativeOps('BbitsQuantize', operands, 1, (kind) => [kind.bool('signed', signed)]) as
    [tf.Tensor] | undefined;
}

/** The quantizer's gradients to its operands for dy at y, in one pass over dy and x; sums are float64. */
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
