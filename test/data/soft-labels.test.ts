import { describe, expect, test } from 'vitest';
import { mixup, symmetricBeta } from '../../src/data/soft-labels/mixup.js';
import { smoothedLabels } from '../../src/data/soft-labels/smoothed-labels.js';
import { softened } from '../../src/data/soft-labels/step-batch.js';
import { randomStream, shuffled } from '../../src/random.js';

test('label smoothing keeps 1 - smoothing and spreads the rest over all classes', () => {
  const targets = smoothedLabels(Int32Array.of(2, 0), 4, 0.2);
  const expected = [0.05, 0.05, 0.85, 0.05, 0.85, 0.05, 0.05, 0.05];
  expect(targets).toEqual(Float32Array.from(expected));
  expect(smoothedLabels(Int32Array.of(1), 2, 0)).toEqual(Float32Array.of(0, 1));
});

describe('the weight that mixup draws', () => {
  // Of Beta(a, a): mean 1/2, variance 1 / (4 (2 a + 1)).
  test.each([0.1, 0.4, 1])('has the mean and the variance of Beta(%d, %d)', (alpha) => {
    const stream = randomStream(1, 'beta');
    const count = 20_000;
    const drawn = Array.from({ length: count }, () => symmetricBeta(alpha, stream));
    const mean = drawn.reduce((sum, value) => sum + value, 0) / count;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    expect(mean).toBeCloseTo(0.5, 1.7);
    expect(variance).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2);
  });

  test('is not NaN for the smallest alpha', () => {
    const stream = randomStream(2, 'beta');
    for (let i = 0; i < 2000; i++) {
      const share = symmetricBeta(0.01, stream);
      expect(share >= 0 && share <= 1).toBe(true);
    }
  });
});

test('mixup mixes each image and its target with those of one other image of the batch', () => {
  const stream = randomStream(3, 'mixup');
  const [count, size, classes] = [4, 5, 3];
  const images = Float32Array.from({ length: count * size }, () => stream.uniform());
  const targets = smoothedLabels(Int32Array.of(0, 1, 2, 1), classes, 0.1);
  const [one, other] = [randomStream(4, 'draws'), randomStream(4, 'draws')];
  const mixed = mixup({ images, targets }, count, 0.4, one);

  const lambda = symmetricBeta(0.4, other);
  const partners = shuffled(count, other);
  const expected = (values: Float32Array, length: number) =>
    Float32Array.from(values, (value, at) => {
      const partner = partners[Math.floor(at / length)] ?? NaN;
      return lambda * value + (1 - lambda) * (values[partner * length + (at % length)] ?? NaN);
    });
  expect(mixed).toEqual({ images: expected(images, size), targets: expected(targets, classes) });
  expect(one.state()).toEqual(other.state());
  expect(lambda).toBeGreaterThan(0);
});

test('a batch with label smoothing only keeps its images, and draws nothing', () => {
  const stream = randomStream(5, 'none');
  const before = stream.state();
  const batch = { images: Float32Array.of(1, 2), labels: Int32Array.of(1) };
  const soft = softened(batch, 2, { labelSmoothing: 0.5 }, stream);
  expect(soft).toEqual({ ...batch, targets: Float32Array.of(0.25, 0.75) });
  expect(soft.images).toBe(batch.images);
  expect(stream.state()).toEqual(before);
});
