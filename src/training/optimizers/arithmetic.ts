import * as tf from '@tensorflow/tfjs-core';

/** What an equation is written in that is used on tensors and on plain numbers; value by value. */
export interface Arithmetic<T> {
  add(a: T, b: T | number): T;
  sub(a: T, b: T | number): T;
  mul(a: T, b: T | number): T;
  div(a: T, b: T | number): T;
  square(a: T): T;
  sqrt(a: T): T;
}

/** In float32, inside a graph or called as it is. */
export const tensors: Arithmetic<tf.Tensor> = {
  add: (a, b) => tf.add(a, b),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  div: (a, b) => tf.div(a, b),
  square: (a) => tf.square(a),
  sqrt: (a) => tf.sqrt(a),
};

/** On the host, in float64. */
export const numbers: Arithmetic<Float64Array> = {
  add: pairwise((a, b) => a + b),
  sub: pairwise((a, b) => a - b),
  mul: pairwise((a, b) => a * b),
  div: pairwise((a, b) => a / b),
  square: (a) => a.map((value) => value * value),
  sqrt: (a) => a.map(Math.sqrt),
};

function pairwise(operation: (a: number, b: number) => number) {
  return (a: Float64Array, b: Float64Array | number) =>
    a.map((value, at) => operation(value, typeof b === 'number' ? b : (b[at] ?? NaN)));
}
