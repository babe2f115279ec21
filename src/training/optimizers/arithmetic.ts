import * as tf from '@tensorflow/tfjs-core';

/** Elementwise operations, for equations on both tensors and numbers. */
export interface Arithmetic<T> {
  readonly add: (a: T, b: T | number) => T;
  readonly mul: (a: T, b: T | number) => T;
  readonly div: (a: T, b: T | number) => T;
  readonly square: (a: T) => T;
  readonly sqrt: (a: T) => T;
}

/** In float32, in a graph or eagerly. */
export const tensors: Arithmetic<tf.Tensor> = {
  add: (a, b) => tf.add(a, b),
  mul: (a, b) => tf.mul(a, b),
  div: (a, b) => tf.div(a, b),
  square: (a) => tf.square(a),
  sqrt: (a) => tf.sqrt(a),
};

/** On the host, in float64. */
export const numbers: Arithmetic<Float64Array> = {
  add: pairwise((a, b) => a + b),
  mul: pairwise((a, b) => a * b),
  div: pairwise((a, b) => a / b),
  square: (a) => a.map((value) => value * value),
  sqrt: (a) => a.map(Math.sqrt),
};

function pairwise(operation: (a: number, b: number) => number) {
  return (a: Float64Array, b: Float64Array | number) => {
    const result = new Float64Array(a.length);
    for (let at = 0; at < a.length; at++) {
      result[at] = operation(a[at] ?? NaN, typeof b === 'number' ? b : (b[at] ?? NaN));
    }
    return result;
  };
}
