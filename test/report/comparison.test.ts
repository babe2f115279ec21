import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accuracyAt, hypervolume, type CurvePoint } from '../../src/report/comparison/curves.js';
import { difference } from '../../src/report/comparison/difference.js';
import { tFactor } from '../../src/report/comparison/student-t.js';
import { spread } from '../../src/report/statistics.js';

interface Sample {
  readonly one: readonly number[];
  readonly other: readonly number[];
  readonly mean: number;
  readonly halfInterval: number;
}

const golden = JSON.parse(
  readFileSync(new URL('golden/statistics.json', import.meta.url), 'utf8'),
) as {
  readonly factors: readonly { share: number; degrees: number; factor: number }[];
  readonly paired: readonly Sample[];
  readonly welch: readonly Sample[];
};

const bySeed = (values: readonly number[]) => new Map(values.map((value, seed) => [seed, value]));
const at = (logCost: number, accuracyPercent: number, choicePercent = accuracyPercent) => ({
  logCost,
  accuracyPercent,
  choicePercent,
});

describe('scipy agrees on', () => {
  test.each(golden.factors)(
    'the t quantile of $share with $degrees degrees of freedom',
    ({ share, degrees, factor }) => {
      expect(tFactor(share, degrees) / factor).toBeCloseTo(1, 9);
    },
  );

  test.each(golden.paired)('a paired interval', ({ one, other, mean, halfInterval }) => {
    const found = difference(bySeed(one), bySeed(other), true);
    expect(found).toMatchObject({ by: 'pairs', counts: [5] });
    expect(found?.mean).toBeCloseTo(mean, 9);
    expect(found?.halfInterval).toBeCloseTo(halfInterval, 9);
  });

  test.each(golden.welch)('Welch’s interval', ({ one, other, mean, halfInterval }) => {
    const found = difference(bySeed(one), bySeed(other), false);
    expect(found).toMatchObject({ by: 'Welch', counts: [one.length, other.length] });
    expect(found?.mean).toBeCloseTo(mean, 9);
    expect(found?.halfInterval).toBeCloseTo(halfInterval, 9);
  });
});

test('the interval of three values is 4.30 standard errors, that of one value is undefined', () => {
  const { standardError = NaN, halfInterval = NaN, plusMinus } = spread([1, 2, 4]);
  expect(halfInterval / standardError).toBeCloseTo(4.302653, 5);
  expect(plusMinus).toBe(halfInterval);
  expect(spread([1, 2, 4], 'error').plusMinus).toBe(standardError);
  expect(spread([1])).toMatchObject({ halfInterval: undefined, plusMinus: undefined });
});

test('pairs need seeds that both have; with too few the interval is undefined', () => {
  const one = new Map([
    [1, 5],
    [2, 6],
    [3, 9],
  ]);
  const other = new Map([
    [2, 5],
    [3, 7],
    [4, 0],
  ]);
  expect(difference(one, other, true)).toMatchObject({ mean: 1.5, counts: [2], holdsZero: true });
  expect(difference(one, new Map([[3, 1]]), true)).toBeUndefined();
  expect(difference(one, new Map([[3, 1]]), false)).toBeUndefined();
  const same = new Map([
    [1, 4],
    [2, 4],
  ]);
  const more = new Map([
    [1, 5],
    [2, 5],
  ]);
  expect(difference(more, same, false)).toMatchObject({ halfInterval: 0, holdsZero: false });
});

describe('a seed’s accuracy at a cost', () => {
  const points = [at(-1, 90), at(0, 98), at(1, 99)];

  test('is interpolated linearly in the logarithm of the cost, and never extrapolated', () => {
    expect(accuracyAt(points, -0.5)).toBe(94);
    expect(accuracyAt(points, 0.25)).toBeCloseTo(98.25, 12);
    expect(accuracyAt(points, 1)).toBe(99);
    expect(accuracyAt(points, 1.01)).toBeUndefined();
    expect(accuracyAt(points, -1.01)).toBeUndefined();
    expect(accuracyAt([], 0)).toBeUndefined();
  });

  test('is that of the chosen network among several at the same cost', () => {
    expect(accuracyAt([at(-1, 90), at(0, 98), at(0, 92), at(1, 99)], 0)).toBe(98);
    expect(accuracyAt([at(-1, 90), at(-1, 80), at(0, 98)], -0.5)).toBe(94);
  });
});

describe('a hypervolume', () => {
  test('is the area under the steps of a front, above an accuracy', () => {
    const points = [at(-1, 91), at(0, 98), at(0.5, 95), at(1, 99)];
    expect(hypervolume(points, [-1, 1], 90)).toBeCloseTo(1 * 1 + 1 * 8, 12);
    expect(hypervolume(points, [-0.5, 2], 90)).toBeCloseTo(0.5 * 1 + 1 * 8 + 1 * 9, 12);
    expect(hypervolume(points, [-1, 1], 99)).toBe(0);
  });

  test('uses the test accuracy of the networks chosen on held-out images', () => {
    expect(hypervolume([at(0, 95, 98), at(0.5, 99, 97)], [0, 1], 90)).toBeCloseTo(5, 12);
  });

  test('equals the sum over small steps', () => {
    const anyPoint = fc.record({
      x: fc.integer({ min: -8, max: 12 }),
      y: fc.integer({ min: 80, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(anyPoint, { maxLength: 12 }), (found) => {
        const points: CurvePoint[] = found
          .map(({ x, y }) => at(x / 4, y))
          .sort((a, b) => a.logCost - b.logCost || b.choicePercent - a.choicePercent);
        let sum = 0;
        for (let quarter = -4; quarter < 8; quarter++) {
          const cheap = points.filter(({ logCost }) => logCost <= quarter / 4);
          const best = Math.max(85, ...cheap.map(({ accuracyPercent }) => accuracyPercent));
          sum += 0.25 * (best - 85);
        }
        expect(hypervolume(points, [-1, 2], 85)).toBeCloseTo(sum, 9);
      }),
    );
  });
});
