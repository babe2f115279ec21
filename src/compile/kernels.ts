import * as tf from '@tensorflow/tfjs-core';
import { dataTypes } from './graph.js';
import { findNativeBackend, type NativeBinding, type OpAttribute } from './native-backend.js';

/**
 * TensorFlow kernels that tfjs does not expose, where they were measured to pay (`bench/`), each
 * with the tfjs ops that other backends run instead. They have no gradients: they are for the
 * functions and gradients of `tf.customGrad`.
 */

/** `dy` where `y > 0`, else 0: the gradient through `y = relu(x)`. */
export function reluGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return nativeOp('ReluGrad', [dy, y], 1, (kind) => [kind.type('T')]) ?? tf.mul(dy, tf.step(y));
}

/** `x + bias`, with one number for each index of the last axis: in a graph a convolution does it. */
export function biasAdd(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const attributes = (kind: AttributeKinds) => [kind.type('T'), kind.string('data_format', 'NHWC')];
  return nativeOp('BiasAdd', [x, bias], 1, attributes) ?? tf.add(x, bias);
}

/** `dy` where `low <= x <= high`, else 0. @param low scalar @param high scalar */
export function gradientInside(
  dy: tf.Tensor,
  x: tf.Tensor,
  low: tf.Tensor,
  high: tf.Tensor,
): tf.Tensor {
  return (
    nativeOp('QuantizeAndDequantizeV4Grad', [dy, x, low, high], 3, (kind) => [
      kind.type('T'),
      kind.int('axis', -1),
    ]) ??
    tf.mul(dy, tf.cast(tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high)), 'float32'))
  );
}

/**
 * The nearest whole number that a signed or unsigned integer of so many bits holds, ties to even:
 * 0 to `2^bits - 1`, or `-n` to `n = 2^(bits - 1) - 1` if signed.
 */
export function roundToInteger(x: tf.Tensor, bits: number, signed: boolean): tf.Tensor {
  const highest = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const lowest = signed ? -highest : 0;
  // The range is that of the integers, so the op's own scale is exactly 1.
  const fused = nativeOp(
    'QuantizeAndDequantizeV4',
    [x, tf.scalar(lowest), tf.scalar(highest)],
    1,
    (kind) => [
      kind.type('T'),
      kind.int('num_bits', bits),
      kind.int('axis', -1),
      kind.bool('signed_input', signed),
      kind.bool('narrow_range', signed),
      kind.bool('range_given', true),
      kind.string('round_mode', 'HALF_TO_EVEN'),
    ],
  );
  return fused ?? tf.clipByValue(tf.round(x), lowest, highest);
}

/** `x` between `low` and `high`. @param low scalar @param high scalar */
export function clip(x: tf.Tensor, low: tf.Tensor, high: tf.Tensor): tf.Tensor {
  return (
    nativeOp('ClipByValue', [x, low, high], 1, (kind) => [kind.type('T')]) ??
    tf.minimum(tf.maximum(x, low), high)
  );
}

/** Runs a float32 TensorFlow op and gives its first output; undefined on other backends. */
function nativeOp(
  op: string,
  inputs: tf.Tensor[],
  outputs: number,
  attributes: (kind: AttributeKinds) => OpAttribute[],
): tf.Tensor | undefined {
  const backend = findNativeBackend();
  if (!backend) return undefined;
  const [first, ...others] = backend.executeMultipleOutputs(
    op,
    attributes(attributeKinds(backend.binding)),
    inputs,
    outputs,
  );
  tf.dispose(others);
  return first;
}

type AttributeKinds = ReturnType<typeof attributeKinds>;

function attributeKinds(binding: NativeBinding) {
  return {
    type: (name: string) => ({ name, type: binding.TF_ATTR_TYPE, value: dataTypes.float32 }),
    int: (name: string, value: number) => ({ name, type: binding.TF_ATTR_INT, value }),
    bool: (name: string, value: boolean) => ({ name, type: binding.TF_ATTR_BOOL, value }),
    string: (name: string, value: string) => ({ name, type: binding.TF_ATTR_STRING, value }),
  };
}
