import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { quantize } from '../../src/bayesian-bits/quantizer.js';
import { backends, useBackend } from '../compile/backends.js';
import { withoutOwnKernels } from '../helpers/own-kernels.js';
import { quantizeOnce } from './quantize-once.js';

/** `C_b` when the gates select one level. */
const alone = (level: number) => [0, 1, 2, 3, 4].map((other) => (other <= level ? 1 : 0));
const levels = [2, 4, 8, 16].map((bits, level) => ({ bits, level }));

/** The next float32 number toward 0. */
function towardsZero(x: number): number {
  const word = new Uint32Array(Float32Array.of(x).buffer);
  word[0] = (word[0] as number) - 1;
  return new Float32Array(word.buffer)[0] as number;
}

describe.each(backends)('the ends of the range, on the backend %s', (backend) => {
  beforeAll(() => useBackend(backend));

  function run(x: number[], signed: boolean, level: number, beta: number) {
    const dy = x.map((_, index) => index + 1);
    return quantizeOnce({ x, shape: [x.length], dy, beta, signed, products: alone(level) });
  }

  test.each([1, 1.5, 0.3])('32-bit values are clipped at (1 - 1e-7) beta = %d', (beta32) => {
    const beta = Math.fround(beta32);
    const end = Math.fround(beta * Math.fround(1 - 1e-7));
    expect(end).toBeLessThan(beta);
    const x = [-3 * beta, -beta, -end, -0.1, 0.1, towardsZero(end), end, beta, 3 * beta].map(
      Math.fround,
    );
    expect(run(x, true, 4, beta).y).toEqual(x.map((v) => Math.max(-end, Math.min(end, v))));
    expect(run(x, false, 4, beta).y).toEqual(x.map((v) => Math.max(0, Math.min(end, v))));
  });

  test.each(levels)('$bits-bit values end at the last whole step', ({ bits, level }) => {
    const beta = 0.75;
    const signedEnd = ((2 ** (bits - 1) - 1) * 2 * beta) / (2 ** bits - 1);
    const x = [-100, -beta, 0, beta, 100];
    const close = (found: number[], expected: number[]) => {
      found.forEach((value, index) => {
        expect(Math.abs(value - (expected[index] as number))).toBeLessThan(1e-7);
      });
    };
    close(run(x, true, level, beta).y, [-signedEnd, -signedEnd, 0, signedEnd, signedEnd]);
    close(run(x, false, level, beta).y, [0, 0, 0, beta, beta]);
  });

  test.each([1, 1.5, 0.3])('the gradient passes strictly inside the range, beta = %d', (beta32) => {
    const beta = Math.fround(beta32);
    const end = Math.fround(beta * Math.fround(1 - 1e-7));
    const inside = towardsZero(end);
    const x = [-2 * beta, -end, -inside, 0, inside, end, beta, 2 * beta].map(Math.fround);
    for (let level = 0; level < 5; level++) {
      expect(run(x, true, level, beta).dx).toEqual([0, 0, 3, 4, 5, 0, 0, 0]);
      expect(run(x, false, level, beta).dx.map(Math.abs)).toEqual([0, 0, 0, 0, 5, 0, 0, 0]);
    }
  });

  test('an unsigned range starts at the smallest normal number; smaller ones count as 0', () => {
    const smallest = 2 ** -126;
    expect(run([-smallest, 0, smallest / 2, smallest, 2 * smallest], false, 2, 1).dx).toEqual([
      0, 0, 0, 4, 5,
    ]);
  });
});

describe('the work of the plain quantizer', () => {
  beforeAll(() => useBackend(backends[0]));

  const shape = [7, 3];

  /** The number of sums, products and quotients with the shape of x. */
  async function countPasses(products: number[]): Promise<number> {
    const { kernels } = await tf.profile(() =>
      withoutOwnKernels(() =>
        quantize(tf.ones(shape), true, {
          beta: tf.scalar(1),
          products: tf.tensor1d(products),
        }),
      ),
    );
    const whole = kernels.filter(
      ({ name, outputShapes }) =>
        [tf.Add, tf.Multiply, tf.RealDiv].includes(name) &&
        JSON.stringify(outputShapes[0]) === JSON.stringify(shape),
    );
    return whole.length;
  }

  test('depends only on the levels in use', async () => {
    const one = await countPasses(alone(2));
    for (const level of [0, 1, 3]) expect(await countPasses(alone(level))).toBe(one);
    // Each of several levels costs the same, plus an addition for all but the first.
    const two = await countPasses([1, 0.5, 0, 0, 0]);
    const each = (two - 1) / 2;
    expect(each).toBeGreaterThanOrEqual(one);
    expect(each).toBeLessThanOrEqual(one + 1);
    expect(await countPasses([1, 0.5, 0.5, 0.25, 0])).toBe(3 * each + 2);
  });

  test('is only clipping at 32 bits', async () => {
    expect(await countPasses(alone(4))).toBe(0);
  });
});
