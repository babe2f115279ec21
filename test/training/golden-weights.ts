import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../../src/compile/entry.js';
import type { Plan, VariableSpec } from '../../src/nn/plan.js';

/**
 * The initial weights of the golden steps, in our layout: the generator described in `lenet5-steps.json` fills
 * weights and biases layer by layer, in golden layout.
 */
export function goldenWeights(plan: Plan, start: number): NamedTensors {
  let v = start;
  const next = () => {
    // Below 2^53, so exact.
    v = (1664525 * v + 1013904223) % 2 ** 32;
    return v / 2 ** 32;
  };
  return Object.fromEntries(
    plan.variables.map((spec) => {
      const size = spec.shape.reduce((a, b) => a * b, 1);
      const bound = 'uniform' in spec.initial ? spec.initial.uniform : NaN;
      const inGoldenOrder = Float32Array.from({ length: size }, () => (2 * next() - 1) * bound);
      const values = new Float32Array(size);
      goldenIndices(spec).forEach((golden, ours) => {
        values[ours] = inGoldenOrder[golden] as number;
      });
      return [spec.name, tf.tensor(values, [...spec.shape])];
    }),
  );
}

export function inGoldenLayout(spec: VariableSpec, values: ArrayLike<number>): number[] {
  const result = new Array<number>(values.length);
  goldenIndices(spec).forEach((golden, ours) => {
    result[golden] = values[ours] as number;
  });
  return result;
}

/**
 * The index in golden layout of each of our entries: output channels first, then input channels, rows and columns.
 * The inputs of fc1 are a feature map, with channels last in our layout.
 */
function goldenIndices({ name, shape }: VariableSpec): number[] {
  const isBias = shape.length === 1;
  const [rows = 1, columns = 1, inputs = 1, outputs = 1] =
    shape.length === 4
      ? shape
      : isBias
        ? [1, 1, 1, shape[0]]
        : name === 'fc1/weight'
          ? [4, 4, (shape[0] ?? NaN) / 16, shape[1]]
          : [1, 1, shape[0], shape[1]];
  const indices: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let input = 0; input < inputs; input++)
        for (let output = 0; output < outputs; output++)
          indices.push(((output * inputs + input) * rows + row) * columns + column);
  return indices;
}
