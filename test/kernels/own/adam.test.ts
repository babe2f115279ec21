import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { scaleByAdam } from '../../../src/training/optimizers/adam.js';
import { seededUniforms } from '../../bayesian-bits/differences.js';
import { runOnce } from '../../compile/modes.js';
import { operationsOf, withoutOwnKernels } from '../../helpers/own-kernels.js';
import { modes, startNative, type Mode } from '../../helpers/test-backend.js';

beforeAll(startNative);

const adam = scaleByAdam({ learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });

/** The update and moments after a step from the given moments. */
function stepOf(mode: Mode, values: Record<'gradient' | 'm' | 'v', Float32Array>, t: number) {
  const rates = Object.entries(adam.rates).map(([name, rate]) => [
    name,
    rate({ t, epochsDone: 0 }),
  ]);
  const given = {
    ...Object.fromEntries(Object.entries(values).map(([name, each]) => [name, tf.tensor1d(each)])),
    ...Object.fromEntries(rates.map(([name, rate]) => [name, tf.scalar(rate as number)])),
  } as Record<'gradient' | 'm' | 'v' | 'rate' | 'rootScale', tf.Tensor>;
  const results = runOnce(
    mode,
    (inputs) => {
      const { gradient, m, v, ...rates } = inputs as typeof given;
      const { update, slots } = adam.update({
        before: m,
        value: m,
        update: gradient,
        slots: { 'adam/m': m, 'adam/v': v },
        rates,
        shared: {},
      });
      return { update, ...slots } as Record<string, tf.Tensor>;
    },
    given,
  );
  const found = Object.entries(results).map(([name, tensor]) => [name, tensor.dataSync()]);
  tf.dispose([Object.values(given), results]);
  return Object.fromEntries(found) as Record<string, Float32Array>;
}

function randomStart(size: number) {
  const next = seededUniforms(size);
  const numbers = (of: (u: number) => number) =>
    Float32Array.from({ length: size }, () => of(next()));
  return {
    gradient: numbers((u) => 10 ** (12 * u - 9) * (u < 0.5 ? -1 : 1)),
    m: numbers((u) => 2 * u - 1),
    v: numbers((u) => 10 ** (10 * u - 12)),
  };
}

describe.each(modes)("Adam's step, %s", (mode) => {
  test.each([1, 3, 17, 1000, 3 * 2 ** 15 + 5])(
    'equals the plain functions bit for bit: %i numbers',
    (size) => {
      const start = randomStart(size);
      for (const t of [1, 2, 1000]) {
        const own = stepOf(mode, start, t);
        expect(Object.keys(own)).toEqual(['update', 'adam/m', 'adam/v']);
        expect(own).toEqual(withoutOwnKernels(() => stepOf(mode, start, t)));
      }
    },
  );

  test('equals the plain functions at the limits of float32', () => {
    const edges = [0, -0, 1e-39, 2 ** -149, 2 ** -126, 1e-20, 3e38, Infinity, -Infinity, NaN];
    const pairs = edges.flatMap((gradient) => edges.map((mean) => ({ gradient, mean })));
    const start = {
      gradient: Float32Array.from(pairs, ({ gradient }) => gradient),
      m: Float32Array.from(pairs, ({ mean }) => mean),
      v: Float32Array.from(pairs, ({ mean }) => Math.abs(mean)),
    };
    expect(stepOf(mode, start, 1)).toEqual(withoutOwnKernels(() => stepOf(mode, start, 1)));
  });
});

test('reads its tensors in one pass', () => {
  const start = randomStart(100);
  const passes = () =>
    operationsOf(() => stepOf('eager', start, 1))
      .filter(({ op, largest }) => largest === 100 && op !== 'Identity')
      .map(({ op }) => op);
  expect(passes()).toEqual(['BbitsAdam']);
  expect(withoutOwnKernels(passes).length).toBeGreaterThan(10);
});
