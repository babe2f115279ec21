import type * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors, TensorSpec } from './entry.js';

/** @throws Error unless `given` has exactly the names, shapes and types of `specs` */
export function checkInputs(
  entryName: string,
  specs: Readonly<Record<string, TensorSpec>>,
  given: NamedTensors,
): void {
  for (const [name, spec] of Object.entries(specs)) {
    const tensor = given[name];
    if (!tensor) throw new Error(`compile: entry "${entryName}" needs an input "${name}"`);
    checkTensor(`input "${name}" of entry "${entryName}"`, spec, tensor);
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(specs, name)) {
      throw new Error(
        `compile: entry "${entryName}" has no input "${name}", only ${quoteAll(Object.keys(specs))}`,
      );
    }
  }
}

/** @throws Error unless each name belongs to the state, with its shape and type */
export function checkState(
  what: string,
  specs: Readonly<Record<string, TensorSpec>>,
  given: NamedTensors,
): void {
  for (const [name, tensor] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (!spec) {
      throw new Error(
        `compile: ${what} has "${name}"; the state has only ${quoteAll(Object.keys(specs))}`,
      );
    }
    checkTensor(`"${name}" of ${what}`, spec, tensor);
  }
}

export function specsOf(tensors: NamedTensors): Record<string, TensorSpec> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, specOf(`"${name}"`, tensor)]),
  );
}

function specOf(what: string, tensor: tf.Tensor): TensorSpec {
  const { dtype, shape } = tensor;
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
    throw new Error(`compile: ${what} is ${dtype}; expected float32, int32 or bool`);
  }
  return { shape, dtype };
}

function checkTensor(what: string, spec: TensorSpec, tensor: tf.Tensor): void {
  const found = describe(tensor);
  const expected = describe(spec);
  if (found !== expected) throw new Error(`compile: ${what} is ${found}; expected ${expected}`);
}

/** Format as `float32[128,28,28,1]`. */
export function describe(spec: { dtype: string; shape: readonly number[] }): string {
  return `${spec.dtype}[${spec.shape.join(',')}]`;
}

function quoteAll(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ') || 'none';
}
