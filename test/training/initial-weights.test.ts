import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { randomStream } from '../../src/random.js';
import { planFor } from '../../src/setup/plan-for-config.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const data = { name: 'mnist', classes: 10, imageShape: [28, 28, 1] } as const;
/** Fan-in: 25, 16 * 3 * 3 = 144, and 14 * 14 * 24 = 4704. */
const layers = `layers:
    - { type: convolution, name: c1, filters: 16, kernel: 5, padding: 2, stride: 2, batchNorm: folded }
    - { type: convolution, name: c2, filters: 24, kernel: 3, padding: 1 }
    - { type: flatten }
    - { type: dense, name: out, units: 10 }
`;
const inputs = { c1: 25, c2: 144, out: 4704 } as const;

/** The initial values of every variable and statistic. */
function start(initial: string, seed = 1): Record<string, readonly number[]> {
  const text = `dataset: mnist\nmodel:\n  initialWeights: ${initial}\n  ${layers}`;
  const plan = planFor(parseConfig(text, 'c').model, data);
  const tensors = initialWeights(plan, randomStream(seed, 'initial weights'));
  const values = Object.entries(tensors).map(
    ([name, tensor]) => [name, [...tensor.dataSync()]] as const,
  );
  tf.dispose(tensors);
  return Object.fromEntries(values);
}

const meanOf = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const deviationOf = (values: readonly number[]) => Math.sqrt(meanOf(values.map((x) => x * x)));

describe.each(Object.entries(inputs))('weights of %s, with a fan-in of %i', (name, n) => {
  test('he-normal: are normal with standard deviation sqrt(2 / n)', () => {
    const weights = start('he-normal')[`${name}/weight`] ?? [];
    const deviation = Math.sqrt(2 / n);
    const error = 4 / Math.sqrt(weights.length);
    expect(Math.abs(meanOf(weights))).toBeLessThan(error * deviation);
    expect(Math.abs(deviationOf(weights) / deviation - 1)).toBeLessThan(error);
    const within = weights.filter((x) => Math.abs(x) < deviation).length / weights.length;
    expect(Math.abs(within - 0.6827)).toBeLessThan(error);
  });

  test('uniform: fill the interval from -1 / sqrt(n) to 1 / sqrt(n)', () => {
    const bound = 1 / Math.sqrt(n);
    const weights = start('uniform')[`${name}/weight`] ?? [];
    const error = 4 / Math.sqrt(weights.length);
    expect(Math.max(...weights)).toBeLessThanOrEqual(Math.fround(bound));
    expect(Math.max(...weights)).toBeGreaterThan(0.98 * bound);
    expect(Math.min(...weights)).toBeGreaterThanOrEqual(-Math.fround(bound));
    expect(Math.min(...weights)).toBeLessThan(-0.98 * bound);
    expect(Math.abs(meanOf(weights))).toBeLessThan(error * bound);
    expect(Math.abs(deviationOf(weights) / (bound / Math.sqrt(3)) - 1)).toBeLessThan(error);
  });
});

test('biases are 0 with he-normal, else initialized like the weights', () => {
  expect(start('he-normal')['c2/bias']).toEqual(new Array<number>(24).fill(0));
  const biases = start('uniform')['c2/bias'] ?? [];
  expect(new Set(biases).size).toBe(24);
  expect(Math.max(...biases.map(Math.abs))).toBeLessThan(1 / 12);
  expect(Math.max(...biases.map(Math.abs))).toBeGreaterThan(0.5 / 12);
});

test('batch norms start as the identity, with means 0 and variances 1', () => {
  const values = start('uniform');
  expect(values['c1/bias']).toBeUndefined();
  const filled = (value: number) => new Array<number>(16).fill(value);
  expect(values).toMatchObject({
    'c1/scale': filled(1),
    'c1/shift': filled(0),
    'c1/running-mean': filled(0),
    'c1/running-variance': filled(1),
  });
});

test('another seed gives other weights', () => {
  expect(start('he-normal', 2)['out/weight']).not.toEqual(start('he-normal')['out/weight']);
});
