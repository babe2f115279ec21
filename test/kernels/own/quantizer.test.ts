import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { gateProducts } from '../../../src/bayesian-bits/levels.js';
import { specsOf } from '../../../src/compile/check.js';
import { entry, type NamedTensors } from '../../../src/compile/entry.js';
import { compile } from '../../../src/compile/program.js';
import { hasOwnKernels } from '../../../src/kernels/own/loaded.js';
import { seededUniforms } from '../../bayesian-bits/differences.js';
import { quantizeWithGradients, singleWidths } from '../../bayesian-bits/quantize-once.js';
import { operationsOf, withoutOwnKernels } from '../../helpers/own-kernels.js';
import { modes, startNative } from '../../helpers/test-backend.js';

beforeAll(startNative);

test('the kernels under test are loaded', () => {
  expect(hasOwnKernels()).toBe(true);
});

const beta = Math.fround(1.37);
const gates = {
  ...singleWidths,
  'all levels': [0.9, 0.8, 0.7, 0.6],
  '4 and 16 bits': [0.5, 1, 0.5, 0],
  '8 and 32 bits': [1, 0.3, 1, 1],
};
/** Odd sizes, one of them larger than a thread's share. */
const shapes = [[1], [7], [3, 17, 5], [1031, 37], [2, 600]];
const cases = Object.entries(gates).flatMap(([name, z]) =>
  shapes.flatMap((shape) =>
    [true, false].flatMap((signed) =>
      [true, false].map((hasChannels) => ({ name, z, shape, signed, hasChannels })),
    ),
  ),
);

describe.each(modes)('the own quantizer, %s', (mode) => {
  test.each(cases)(
    'has the values of the plain quantizer: $name, $shape, signed: $signed, channel gates: $hasChannels',
    ({ z, shape, signed, hasChannels }) => {
      const given = operands(z, shape, signed, hasChannels);
      const own = results(given, signed, mode);
      const plain = withoutOwnKernels(() => results(given, signed, 'eager'));
      tf.dispose(given);
      expect(bitsOf(own['y'])).toEqual(bitsOf(plain['y']));
      expect(bitsOf(own['dx'])).toEqual(bitsOf(plain['dx']));
      const terms = plain['dx']?.length ?? NaN;
      for (const name of ['dBeta', 'dProducts', 'dZ2']) {
        plain[name]?.forEach((expected, index) => {
          // float32 sums of that many terms of magnitude at most 1.
          expect(Math.abs((own[name]?.[index] as number) - expected), name).toBeLessThanOrEqual(
            1e-6 * terms + 1e-6 * Math.abs(expected),
          );
        });
      }
    },
  );
});

test('reads x once forward, and dy and x once backward', () => {
  const given = operands([0.9, 0.8, 0.7, 0.6], [3, 17, 5], true, true);
  const passes = () =>
    operationsOf(() => results(given, true, 'eager'))
      .filter(({ op, largest }) => largest === 255 && op !== 'Identity')
      .map(({ op }) => op);
  expect(passes()).toEqual(['BbitsQuantize', 'BbitsQuantizeGradient']);
  expect(withoutOwnKernels(passes).length).toBeGreaterThan(20);
  tf.dispose(given);
});

describe.each([true, false])('at the limits of float32, signed: %s', (signed) => {
  const small = [1e-39, -1e-39, 2 ** -149, 2 ** -126, -(2 ** -126), 3e-38];
  const run = (x: number[], z: number[]) => {
    const given = {
      x: tf.tensor1d(x),
      dy: tf.tensor1d(x.map((_, index) => index + 1)),
      beta: tf.scalar(beta),
      products: tf.tensor1d(gateProducts(z)),
    };
    const own = results(given, signed, 'eager');
    const plain = withoutOwnKernels(() => results(given, signed, 'eager'));
    tf.dispose(given);
    return { own, plain };
  };

  test.each(Object.entries(gates))('denormal numbers count as 0: %s', (_, z) => {
    const { own, plain } = run(small, z);
    own['y']?.forEach((value, index) => {
      expect(Math.abs(value - (plain['y']?.[index] as number))).toBeLessThan(2 ** -126);
    });
    expect(own['dx']?.map(Math.abs)).toEqual(plain['dx']?.map(Math.abs));
  });

  test.each(Object.entries(gates))('NaN stays NaN, and makes the sums NaN: %s', (_, z) => {
    const { own, plain } = run([0.5, NaN, -0.25], z);
    const isNaNs = (values: Float32Array | undefined) => Array.from(values ?? [], Number.isNaN);
    expect(isNaNs(own['y'])).toEqual([false, true, false]);
    for (const name of ['y', 'dx', 'dBeta', 'dProducts']) {
      expect(isNaNs(own[name]), name).toEqual(isNaNs(plain[name]));
    }
  });
});

function operands(z: number[], shape: number[], signed: boolean, hasChannels: boolean) {
  const size = shape.reduce((a, b) => a * b);
  const next = seededUniforms(size + 1);
  const steps = [2, 4, 8, 16].map((bits) => ((signed ? 2 : 1) * beta) / (2 ** bits - 1));
  const special = [
    ...[beta, -beta, beta * (1 - 1e-7), 0, -0, 3 * beta, -3 * beta, Infinity, -Infinity],
    ...steps.flatMap((step) => [0.5 * step, 1.5 * step, -0.5 * step, -2.5 * step]),
  ];
  const x = Float32Array.from({ length: size }, (_, index) => {
    const isSpecial = index % 3 === 1;
    if (isSpecial) return special[Math.floor(next() * special.length)] as number;
    return (2.4 * next() - 1.2) * beta;
  });
  const dy = x.map((value) => (Number.isFinite(value) ? 2 * next() - 1 : 0));
  const channels = shape.at(-1) as number;
  return {
    x: tf.tensor(
      x.map((value) => (Number.isFinite(value) ? value : Math.sign(value) * 9e9)),
      shape,
    ),
    dy: tf.tensor(dy, shape),
    beta: tf.scalar(beta),
    products: tf.tensor1d(gateProducts(z)),
    ...(hasChannels
      ? { z2: tf.tensor1d(Array.from({ length: channels }, (_, c) => (c % 5) / 4)) }
      : {}),
  };
}

/** The quantizer's value and all its gradients. */
function results(given: NamedTensors, signed: boolean, mode: 'graph' | 'eager') {
  const program = compile(
    {},
    {
      run: entry(specsOf(given), ({ x, dy, beta, products, z2 }) => {
        const operands = [x, beta, products, ...(z2 ? [z2] : [])] as tf.Tensor[];
        const { value, grads } = quantizeWithGradients(operands, signed, dy as tf.Tensor);
        const [dx, dBeta, dProducts, dZ2] = grads as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];
        const outputs: NamedTensors = { y: value, dx, dBeta, dProducts };
        return { outputs: dZ2 ? { ...outputs, dZ2 } : outputs };
      }),
    },
    { mode },
  );
  const outputs = program.run('run', given) as NamedTensors;
  program.dispose();
  const read = Object.entries(outputs).map(([name, tensor]): [string, Float32Array] => [
    name,
    tensor.dataSync<'float32'>(),
  ]);
  tf.dispose(outputs);
  return Object.fromEntries(read);
}

function bitsOf(values: Float32Array | undefined): Int32Array {
  if (!values) return new Int32Array();
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}
