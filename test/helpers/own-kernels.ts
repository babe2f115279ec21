import type * as tf from '@tensorflow/tfjs-core';
import { findNativeBackend, type NativeBackend } from '../../src/compile/native-backend.js';

/** Call `run` without bbits' own kernels, so that the plain functions, their reference, compute. */
export function withoutOwnKernels<T>(run: () => T): T {
  const backend = findNativeBackend();
  if (!backend) return run();
  const { ownKernels } = backend;
  Object.assign(backend, { ownKernels: null });
  try {
    return run();
  } finally {
    Object.assign(backend, { ownKernels });
  }
}

/** The TensorFlow operations that `run` executes, in order, each with the size of its largest input. */
export function operationsOf(run: () => unknown): { op: string; largest: number }[] {
  const backend = findNativeBackend();
  if (!backend) throw new Error('operationsOf() needs native TensorFlow');
  const found: { op: string; largest: number }[] = [];
  const note = (op: string, inputs: tf.TensorInfo[]) => {
    found.push({ op, largest: Math.max(0, ...inputs.map(({ shape }) => sizeOf(shape))) });
  };
  const single = backend.executeSingleOutput.bind(backend);
  const multiple = backend.executeMultipleOutputs.bind(backend);
  const recording: Partial<NativeBackend> = {
    executeSingleOutput(op, attributes, inputs) {
      note(op, inputs);
      return single(op, attributes, inputs);
    },
    executeMultipleOutputs(op, attributes, inputs, count) {
      note(op, inputs);
      return multiple(op, attributes, inputs, count);
    },
  };
  Object.assign(backend, recording);
  try {
    run();
  } finally {
    for (const key of Object.keys(recording)) Reflect.deleteProperty(backend, key);
  }
  return found;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
