import { expect, test } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { parseSweep } from '../../src/config/sweep.js';
import { estimateSeconds } from '../../src/sweep/estimate.js';
import { namedPoints } from '../../src/sweep/points.js';

const base = `dataset: mnist
model: lenet5
training: { epochs: 3, images: 1000 }
fineTuning: { epochs: 2 }
`;

/** Estimated seconds, and the number of epochs measured, each of which takes a second per 1000 images. */
async function estimated(sweep: string): Promise<{ seconds: number; measured: number }> {
  let measured = 0;
  const measure = ({ training }: Config) => {
    measured += 1;
    return Promise.resolve((training.images ?? NaN) / 1000);
  };
  const points = namedPoints(parseSweep(`${base}sweep: ${sweep}\n`, 'small.yaml'));
  const seconds = await estimateSeconds(points, new AbortController().signal, measure);
  return { seconds, measured };
}

test('the estimate counts the epochs of all phases of all points', async () => {
  expect(await estimated('{ seed: [1] }')).toEqual({ seconds: 5, measured: 1 });
  expect(await estimated('{ training.epochs: [1, 3], fineTuning.epochs: [0, 2] }')).toEqual({
    seconds: 1 + 3 + 3 + 5,
    measured: 1,
  });
});

test('points that take the same time are measured once', async () => {
  const { measured } = await estimated('{ mu: [0.01, 0.1], seed: [1, 2, 3] }');
  expect(measured).toBe(1);
});

test.each([
  ['training.images: [1000, 2000]', 5 + 10],
  ['training.batchSize: [10, 100]', 5 + 5],
  ['model: [lenet5, vgg7]', 5 + 5],
  ['quantization.weights: [learned, 8]', 5 + 5],
])('points whose time may differ are measured separately: %s', async (varied, seconds) => {
  expect(await estimated(`{ ${varied}, seed: [1, 2] }`)).toEqual({
    seconds: 2 * seconds,
    measured: 2,
  });
});
