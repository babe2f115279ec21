import * as tf from '@tensorflow/tfjs-core';

/**
 * The gates of many quantizers as products, on tensors: the counterpart of `src/bayesian-bits/levels.ts`. A
 * gate is a vector with one number for each quantizer.
 */

/** The largest float32 number below 1. */
const largestBelowOne = 1 - 2 ** -24;

/**
 * `C_b` of the five levels; nonzero neighbors are equal only if the gate between them is exactly 1, as in
 * `distinctInFloat32`.
 *
 * @param z gates of 4, 8, 16 and 32 bits
 */
export function gateProducts(z: readonly tf.Tensor[]): tf.Tensor[] {
  const products = [tf.onesLike(z[0] as tf.Tensor)];
  for (const gate of z) {
    const outer = products.at(-1) as tf.Tensor;
    const inner = tf.minimum(tf.mul(outer, gate), tf.mul(outer, largestBelowOne));
    products.push(tf.where(tf.equal(gate, 1), outer, inner));
  }
  return products;
}

/**
 * The gradients of the gates from those of the products, `dz_b = C_{b/2} G_b`: `gateGradients` on tensors.
 *
 * @param z gates of 4, 8, 16 and 32 bits
 * @param r `dL / dC_b` of the five levels
 */
export function gateGradients(z: readonly tf.Tensor[], r: readonly tf.Tensor[]): tf.Tensor[] {
  const gradients: tf.Tensor[] = [];
  let inner: tf.Tensor | undefined;
  for (let index = z.length - 1; index >= 0; index--) {
    const own = r[index + 1] as tf.Tensor;
    inner = inner ? tf.add(own, tf.mul(z[index + 1] as tf.Tensor, inner)) : own;
    gradients.unshift(z.slice(0, index).reduce((product, gate) => tf.mul(product, gate), inner));
  }
  return gradients;
}

/**
 * Set the gates of 4, 8, 16 and 32 bits (values and slopes) to 0 from the first that is off onward; see
 * `trainingGates`.
 *
 * @param isOff bool, for each gate
 */
export function withoutThoseOff<T extends Record<string, readonly tf.Tensor[]>>(
  isOff: readonly tf.Tensor[],
  gates: T,
): { [K in keyof T]: tf.Tensor[] } {
  const isOn: tf.Tensor[] = [];
  for (const off of isOff) {
    const on = tf.sub(1, tf.cast(off, 'float32'));
    const before = isOn.at(-1);
    isOn.push(before ? tf.mul(before, on) : on);
  }
  const masked = Object.entries(gates).map(([name, values]) => [
    name,
    values.map((value, index) => tf.mul(value, isOn[index] as tf.Tensor)),
  ]);
  return Object.fromEntries(masked) as { [K in keyof T]: tf.Tensor[] };
}
