import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { errorsOf, least } from './errors.js';

const magnitudes = 'a magnitude from 1.18e-38 to 3.4e+38';

describe('a number that float32 cannot represent is refused, with its key', () => {
  test.each([
    ['mu=1e-400', `mu: found 1e-400, which is 0 in float32, expected 0 or ${magnitudes}`],
    ['mu=1e-50', `mu: found 1e-50, which is 0 in float32, expected 0 or ${magnitudes}`],
    // Kernels flush denormal numbers to 0.
    ['mu=1e-40', `mu: found 1e-40, which is 0 in float32, expected 0 or ${magnitudes}`],
    ['mu=1e39', `mu: found 1e39, which is infinite in float32, expected ${magnitudes}`],
    [
      'training.clipGradients=1e-50',
      `training.clipGradients: found 1e-50, which is 0 in float32, expected ${magnitudes}`,
    ],
    [
      'optimizers.ranges={epsilon: 1e-50}',
      `optimizers.ranges.epsilon: found 1e-50, which is 0 in float32, expected ${magnitudes}`,
    ],
    [
      'gates.initialPhi.4=-1e50',
      `gates.initialPhi.4: found -1e50, which is infinite in float32, expected ${magnitudes}`,
    ],
    [
      'fineTuning.weights.momentum=0.99999999999',
      'fineTuning.weights.momentum: found 0.99999999999, which is 1 in float32, expected a number of at least 0 and below 1 after rounding',
    ],
    [
      'dataset={path: x, classes: 3, std: [1, 1e-50]}',
      `dataset.std.1: found 1e-50, which is 0 in float32, expected ${magnitudes}`,
    ],
  ])('%s', (override, error) => {
    expect(errorsOf(least, override)).toStrictEqual([`command line: ${error}`]);
  });

  test('at its position in a file', () => {
    expect(errorsOf(`${least}optimizers:\n  weights: {epsilon: 1e-50}\n`)).toStrictEqual([
      `c.yaml:4:22 optimizers.weights.epsilon: found 1e-50, which is 0 in float32, expected ${magnitudes}`,
    ]);
  });

  test('only for its other error, if it has one', () => {
    expect(errorsOf(least, 'training.epochs=1e-50')).toStrictEqual([
      'command line: training.epochs: found 1e-50, expected an integer of at least 1',
    ]);
  });

  test('and every other number is accepted', () => {
    const size = fc.double({ min: 2 ** -126, max: 3.4e38, noNaN: true });
    fc.assert(
      fc.property(size, (mu) => {
        expect(parseConfig(least, 'c.yaml', [`mu=${mu}`]).mu).toBe(mu);
      }),
    );
    for (const zero of ['0', '-0', '0.0', '0e5']) {
      expect(Math.abs(parseConfig(least, 'c.yaml', [`mu=${zero}`]).mu)).toBe(0);
    }
    expect(parseConfig(least, 'c.yaml', ['seed=4294967295']).seed).toBe(4294967295);
  });
});
