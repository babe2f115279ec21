import { expect, test } from 'vitest';
import { borderPatterns, countPatterns } from '../../src/nn/border-patterns.js';
import { convolution, dense, flatten } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';

const images = [8, 6, 2];

function patternsOf(kernel: number, options: { stride?: number; padding?: number }) {
  const layers = [convolution('c', 4, kernel, options), flatten, dense('d', 3)];
  const [layer] = planNetwork({ name: 'own', layers }, images).layers;
  if (!layer) throw new Error('no layer');
  return borderPatterns(layer, [kernel, kernel]);
}

test.each([
  ['3x3, stride 1', 3, { padding: 1 }, [0, 1, 1, 1, 1, 1, 1, 2], 9],
  // The padding at the end is not reached.
  ['3x3, stride 2', 3, { padding: 1, stride: 2 }, [0, 1, 1, 1], 4],
  ['5x5', 5, { padding: 2 }, [0, 1, 2, 2, 2, 2, 3, 4], 25],
  ['3x3 without padding', 3, {}, [0, 0, 0, 0, 0, 0], 1],
])('%s', (_, kernel, options, rows, vectors) => {
  const patterns = patternsOf(kernel, options);
  expect(patterns?.rows).toEqual(rows);
  expect(countPatterns(patterns?.rows ?? []) * countPatterns(patterns?.columns ?? [])).toBe(
    vectors,
  );
});

test('a dense layer has no border patterns', () => {
  const [layer] = planNetwork({ name: 'own', layers: [flatten, dense('d', 3)] }, images).layers;
  expect(layer && borderPatterns(layer, [96, 3])).toBeUndefined();
});
