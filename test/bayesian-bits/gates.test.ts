import { describe, expect, test } from 'vitest';
import { bitWidths, effectiveBits, gatedBitWidths } from '../../src/bayesian-bits/gates.js';

describe('the bit widths', () => {
  test('double from 2 to 32, and all but 2 bits have a gate per tensor', () => {
    expect(bitWidths).toEqual([2, 4, 8, 16, 32]);
    expect(gatedBitWidths).toEqual([4, 8, 16, 32]);
  });
});

describe('effectiveBits', () => {
  test.each([
    [[0, 0, 0, 0], 2],
    [[0, 1, 1, 1], 2],
    [[1, 0, 0, 0], 4],
    [[1, 0, 1, 1], 4],
    [[1, 1, 0, 0], 8],
    [[1, 1, 0, 1], 8],
    [[1, 1, 1, 0], 16],
    [[1, 1, 1, 1], 32],
    [[0.2, 0.1, 0, 1], 8],
  ])('of the gates %j is %d', (gates, bits) => {
    expect(effectiveBits(gates)).toBe(bits);
  });
});
