import * as tf from '@tensorflow/tfjs-core';
import { quantize } from '../../src/bayesian-bits/quantizer.js';
import { inScope } from '../../src/compile/scope.js';

export interface Quantization {
  /** Row-major. */
  readonly x: readonly number[];
  readonly shape: readonly number[];
  readonly dy: readonly number[];
  readonly beta: number;
  readonly signed: boolean;
  /** `C_b` of 2, 4, 8, 16, 32 bits. */
  readonly products: readonly number[];
  /** One for each index of the last axis. */
  readonly channelGates?: readonly number[];
}

export interface QuantizationResult {
  readonly y: number[];
  readonly dx: number[];
  readonly dbeta: number;
  readonly dProducts: number[];
  readonly dz2: number[];
}

/** Gates of 4, 8, 16, 32 bits that select one width. */
export const singleWidths = {
  '2 bits': [0, 0, 0, 0],
  '4 bits': [1, 0, 0, 0],
  '8 bits': [1, 1, 0, 0],
  '16 bits': [1, 1, 1, 0],
  '32 bits': [1, 1, 1, 1],
} satisfies Record<string, readonly [number, number, number, number]>;

/**
 * The value of `quantize` and its gradients for all operands, given the upstream gradient dy.
 *
 * @param operands x, beta, products, and the channel gates if there are any
 */
export function quantizeWithGradients(
  operands: readonly tf.Tensor[],
  signed: boolean,
  dy: tf.Tensor,
): { value: tf.Tensor; grads: tf.Tensor[] } {
  return tf.valueAndGrads((...args) => {
    const [x, beta, products, channelGates] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];
    return quantize(x, signed, { beta, products, channelGates });
  })([...operands], dy);
}

/** `quantize` and its gradients on the current backend, eagerly. */
export function quantizeOnce(given: Quantization): QuantizationResult {
  return inScope(() => {
    const operands = [
      tf.tensor([...given.x], [...given.shape]),
      tf.scalar(given.beta),
      tf.tensor1d([...given.products]),
      ...(given.channelGates ? [tf.tensor1d([...given.channelGates])] : []),
    ];
    const dy = tf.tensor([...given.dy], [...given.shape]);
    const { value, grads } = quantizeWithGradients(operands, given.signed, dy);
    const numbers = (tensor: tf.Tensor | undefined) => Array.from(tensor?.dataSync() ?? []);
    return {
      y: numbers(value),
      dx: numbers(grads[0]),
      dbeta: numbers(grads[1])[0] ?? NaN,
      dProducts: numbers(grads[2]),
      dz2: numbers(grads[3]),
    };
  });
}
