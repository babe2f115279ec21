import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../compile/program.js';
import type { Plan } from '../nn/plan.js';
import type { RandomStream } from '../random.js';

/**
 * What a network starts from, by name; the caller's to dispose. Weights and biases are uniform in
 * +-1/sqrt(fanIn).
 */
export function initialWeights(plan: Plan, stream: RandomStream): NamedTensors {
  return Object.fromEntries(
    [...plan.variables, ...plan.statistics].map(({ name, shape, initial }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const values =
        'value' in initial
          ? new Float32Array(size).fill(initial.value)
          : Float32Array.from(stream.uniforms(size), (u) => (2 * u - 1) / Math.sqrt(initial.fanIn));
      return [name, tf.tensor(values, [...shape])];
    }),
  );
}
