import { expect, test } from 'vitest';
import { quantizerBytes } from '../../bench/quantizer-passes.js';
import { findSuite, type Suite } from '../../bench/suites.js';

test('counts five passes over each quantized number of LeNet-5', () => {
  const weights = 32 * 25 + 32 * 64 * 25 + 1024 * 512 + 512 * 10;
  const activations = 24 * 24 * 32 + 8 * 8 * 64 + 512;
  expect(quantizerBytes(findSuite('lenet5', 1, 128) as Suite)).toBe(
    4 * 5 * (weights + 128 * activations),
  );
});

test.each(['resnet20', 'vgg7'])('knows the size of every quantized tensor of %s', (name) => {
  const [one, two] = [1, 2].map((batch) => quantizerBytes(findSuite(name, 0.25, batch) as Suite));
  expect(one).toBeGreaterThan(0);
  expect(two).toBeGreaterThan(one as number);
});
