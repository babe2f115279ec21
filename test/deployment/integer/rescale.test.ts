import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rescale } from '../../../src/deployment/integer/network.js';
import { planRescale, type RescaleNumbers } from '../../../src/deployment/integer/plan-rescale.js';
import { dividedToNearest } from '../../../src/deployment/integer/run/integer-division.js';
import { rescalePixel } from '../../../src/deployment/integer/run/rescale.js';

function rescaled(rescale: Rescale, sum: number): number {
  const out = new Float64Array(1);
  rescalePixel(rescale, Float64Array.of(sum), 0, 0, out, 0);
  return out[0] ?? NaN;
}

/** Parameters for one channel whose integers have at most this many bits. */
function numbers(ratio: number, constant: number, bits: number, high?: number): RescaleNumbers {
  return {
    name: 'layer',
    units: Float64Array.of(ratio),
    constants: Float64Array.of(constant),
    ranges: [{ low: -(2 ** bits), high: 2 ** bits }],
    to: { unit: 1, ends: high === undefined ? undefined : { low: 0, high } },
  };
}

/** The same rescaling in BigInt. */
function wideOf(rescale: Rescale): Rescale {
  if (rescale.type === 'wide') return rescale;
  const { bias, multiplier, divisor, low, high } = rescale;
  return {
    type: 'wide',
    bias: Array.from(bias, BigInt),
    multiplier: Array.from(multiplier, BigInt),
    shift: Array.from(divisor, (value) => BigInt(Math.log2(value) + 22)),
    low,
    high,
  };
}

describe('rescaling', () => {
  test('rounds ties to even on both sides of 0', () => {
    const { rescale } = planRescale(numbers(0.5, 0, 20));
    const found = [-7, -5, -3, -1, 1, 3, 5, 7].map((sum) => rescaled(rescale, sum));
    expect(rescale.type).toBe('narrow');
    expect(found.map((value) => value + 0)).toEqual([-4, -2, -2, 0, 0, 2, 2, 4]);
    expect([-3, -1, 1, 3].map((sum) => rescaled(wideOf(rescale), sum))).toEqual([-2, 0, 0, 2]);
  });

  test('clips at the ends, and keeps fractions of a unit in the bias', () => {
    const { rescale } = planRescale(numbers(0.25, 0.125 + 1 / 65536, 20, 3));
    expect([-9, 1, 2, 5, 6, 12, 99].map((sum) => rescaled(rescale, sum))).toEqual([
      0, 0, 1, 1, 2, 3, 3,
    ]);
  });

  test('gives the integer nearest to the exact product, within the stated error', () => {
    const ratio = fc.double({ min: 1e-9, max: 8, noNaN: true });
    const arbitrary = fc.record({
      ratio,
      constant: fc.double({ min: -300, max: 300, noNaN: true }),
      sum: fc.integer({ min: -(2 ** 30), max: 2 ** 30 }),
      high: fc.constantFrom(undefined, 3, 255, 65535),
    });
    fc.assert(
      fc.property(arbitrary, ({ ratio, constant, sum, high }) => {
        const { rescale, error, range } = planRescale(numbers(ratio, constant, 30, high));
        const found = rescaled(rescale, sum);
        expect(found).toBe(rescaled(wideOf(rescale), sum));
        const exact = Math.max(range.low, Math.min(range.high, sum * ratio + constant));
        const slack = 1e-12 * Math.abs(sum * ratio);
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.5 + error + slack);
      }),
      { numRuns: 2000 },
    );
  });

  test('in two parts equals BigInt bit for bit', () => {
    const arbitrary = fc.record({
      bias: fc.maxSafeInteger(),
      sum: fc.maxSafeInteger(),
      multiplier: fc.integer({ min: 2 ** 30, max: 2 ** 31 }),
      shift: fc.integer({ min: 23, max: 74 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ bias, sum, multiplier, shift }) => {
        // The multiplicand has at most 43 bits here, so the product has at most 74.
        const [a, b] = [Math.trunc(sum / 2 ** 27), Math.trunc(bias / 2 ** 12)];
        const [least, most] = [-(2 ** 42), 2 ** 42].map((end) => Float64Array.of(end));
        const narrow: Rescale = {
          type: 'narrow',
          bias: Float64Array.of(b),
          multiplier: Float64Array.of(multiplier),
          divisor: Float64Array.of(2 ** (shift - 22)),
          least: least ?? Float64Array.of(),
          most: most ?? Float64Array.of(),
          low: -Number.MAX_SAFE_INTEGER,
          high: Number.MAX_SAFE_INTEGER,
        };
        const inside = Math.abs(a * 65536 + b) <= 2 ** 42;
        fc.pre(inside);
        expect(rescaled(narrow, a)).toBe(rescaled(wideOf(narrow), a));
      }),
      { numRuns: 5000 },
    );
  });

  test('uses BigInt if a sum exceeds 53 bits', () => {
    const { rescale } = planRescale(numbers(2 ** -40, 0.5, 45));
    expect(rescale.type).toBe('wide');
    expect([2 ** 40, 2 ** 41 + 1, 3 * 2 ** 40].map((sum) => rescaled(rescale, sum))).toEqual([
      2, 3, 4,
    ]);
  });

  test.each([NaN, Infinity])('refuses a constant that is %s, and names the layer', (constant) => {
    expect(() => planRescale(numbers(1, constant, 8))).toThrow(/finite constants in layer/);
    expect(() => planRescale(numbers(constant, 1, 8))).toThrow(/finite constants in layer/);
  });
});

test('a mean is rounded to the nearest integer, ties to even', () => {
  expect([-7, -6, -5, -2, 2, 5, 6, 7].map((sum) => dividedToNearest(sum, 4) + 0)).toEqual([
    -2, -2, -1, 0, 0, 1, 2, 2,
  ]);
});
