import type * as tf from '@tensorflow/tfjs-core';
import { tensor } from '@tensorflow/tfjs-core';
import { findNativeBackend } from '../../src/compile/native-backend.js';

/** Mantissa bits of TF32; float32 stores 23. */
const mantissaBits = 10;

/** The nearest number with TF32's mantissa, ties to even. */
export function roundToTf32(x: number): number {
  const grid = 2 ** (23 - mantissaBits);
  bits.float[0] = x;
  const [word = 0] = bits.word;
  const rest = word % grid;
  const isUp = rest > grid / 2 || (rest === grid / 2 && (word / grid) % 2 >= 1);
  bits.word[0] = word - rest + (isUp ? grid : 0);
  return Number.isFinite(x) ? bits.float[0] : x;
}

/** Truncate to TF32's mantissa. */
export function truncateToTf32(x: number): number {
  bits.float[0] = x;
  const [word = 0] = bits.word;
  bits.word[0] = word - (word % 2 ** (23 - mantissaBits));
  return Number.isFinite(x) ? bits.float[0] : x;
}

const buffer = new ArrayBuffer(4);
const bits = { float: new Float32Array(buffer), word: new Uint32Array(buffer) };

/** Operations that a GPU may compute in TF32. */
const multiplying = /^(BatchMatMulV2|MatMul|Conv2D|Conv2DBackpropFilter|Conv2DBackpropInput)$/;

/**
 * Call `run` while matrix products and convolutions read TF32 and accumulate in float32, as on a GPU that may
 * use TF32. Applies to ops called one by one, not to those in a graph.
 */
export function withTf32<T>(run: () => T, toTf32 = roundToTf32): T {
  const backend = findNativeBackend();
  if (!backend) throw new Error('withTf32() needs native TensorFlow');
  const execute = backend.executeSingleOutput.bind(backend);
  backend.executeSingleOutput = (op, attributes, inputs) => {
    if (!multiplying.test(op)) return execute(op, attributes, inputs);
    const made: tf.Tensor[] = [];
    const narrow = (input: tf.TensorInfo) => {
      const values = backend.readSync(input.dataId) as Float32Array;
      const one = tensor(values.map(toTf32), input.shape);
      made.push(one);
      return one;
    };
    const output = execute(
      op,
      attributes,
      inputs.map((input) => (input.dtype === 'float32' ? narrow(input) : input)),
    );
    for (const one of made) one.dispose();
    return output;
  };
  try {
    return run();
  } finally {
    Reflect.deleteProperty(backend, 'executeSingleOutput');
  }
}
