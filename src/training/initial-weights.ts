import type { NamedTensors } from '../compile/entry.js';
import { deviceTensors } from '../nn/device-tensor.js';
import type { Plan, VariableSpec } from '../nn/plan.js';
import { product } from '../nn/shapes.js';
import type { RandomStream } from '../random.js';

/** A network's initial variables and statistics by name; the caller disposes of them. */
export function initialWeights(plan: Plan, stream: RandomStream): NamedTensors {
  return deviceTensors(
    [...plan.variables, ...plan.statistics].map(({ name, shape, initial }) => {
      return [name, { shape, values: initialValues(initial, product(shape), stream) }];
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
