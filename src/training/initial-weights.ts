import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../compile/entry.js';
import type { Plan, VariableSpec } from '../nn/plan.js';
import type { RandomStream } from '../random.js';

/** What a network starts from, by name; the caller's to dispose. */
export function initialWeights(plan: Plan, stream: RandomStream): NamedTensors {
  return Object.fromEntries(
    [...plan.variables, ...plan.statistics].map(({ name, shape, initial }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return [name, tf.tensor(initialValues(initial, size, stream), [...shape])];
    }),
  );
}

function initialValues(
  initial: VariableSpec['initial'],
  size: number,
  stream: RandomStream,
): Float32Array {
  if ('value' in initial) return new Float32Array(size).fill(initial.value);
  if ('uniform' in initial) {
    return Float32Array.from(stream.uniforms(size), (u) => (2 * u - 1) * initial.uniform);
  }
  return Float32Array.from({ length: size }, () => stream.normal() * initial.normal);
}
