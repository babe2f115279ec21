import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../compile/program.js';
import type { Plan } from '../nn/plan.js';
import type { RandomStream } from '../random.js';

/** Weights and biases before training, uniform in +-1/sqrt(fanIn); the caller's to dispose. */
export function initialWeights(plan: Plan, stream: RandomStream): NamedTensors {
  return Object.fromEntries(
    plan.variables.map(({ name, shape, fanIn }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const values = Float32Array.from(
        stream.uniforms(size),
        (u) => (2 * u - 1) / Math.sqrt(fanIn),
      );
      return [name, tf.tensor(values, [...shape])];
    }),
  );
}
