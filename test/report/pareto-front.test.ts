import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paretoFront, type TradeOff } from '../../src/report/pareto-front.js';

const point = (accuracyPercent: number, bops: number): TradeOff => ({ accuracyPercent, bops });

/** By definition, comparing all pairs of points. */
function bruteForce(points: readonly TradeOff[]): boolean[] {
  const beats = (a: TradeOff, b: TradeOff) =>
    a.accuracyPercent >= b.accuracyPercent &&
    a.bops <= b.bops &&
    (a.accuracyPercent > b.accuracyPercent || a.bops < b.bops);
  const isNumber = ({ accuracyPercent, bops }: TradeOff) =>
    !Number.isNaN(accuracyPercent) && !Number.isNaN(bops);
  return points.map(
    (one) => isNumber(one) && !points.some((other) => isNumber(other) && beats(other, one)),
  );
}

test('equals brute force, with ties, duplicates and NaN', () => {
  // Few distinct values, so that many tie.
  const value = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant(NaN));
  const few = fc.record({ accuracyPercent: value, bops: value });
  const any = fc.record({ accuracyPercent: fc.double(), bops: fc.double() });
  for (const each of [few, any]) {
    fc.assert(
      fc.property(fc.array(each, { maxLength: 20 }), (points) => {
        expect(paretoFront(points)).toEqual(bruteForce(points));
      }),
      { numRuns: 1000 },
    );
  }
});

test('excludes constant networks, which dominate none either', () => {
  const constant = { ...point(11, 0), isConstant: true };
  expect(paretoFront([constant, point(99, 5), point(10, 3)])).toEqual([false, true, true]);
});

test('is empty without points, and includes a single point', () => {
  expect(paretoFront([])).toEqual([]);
  expect(paretoFront([point(10, 100)])).toEqual([true]);
  expect(paretoFront([point(NaN, 1)])).toEqual([false]);
});

test('includes equal points; of equal accuracies the cheaper, of equal costs the more accurate', () => {
  expect(paretoFront([point(99, 1), point(99, 1)])).toEqual([true, true]);
  expect(paretoFront([point(99, 2), point(99, 1)])).toEqual([false, true]);
  expect(paretoFront([point(99, 1), point(98, 1)])).toEqual([true, false]);
  expect(paretoFront([point(99, 2), point(98, 1), point(97, 3)])).toEqual([true, true, false]);
});
