import { describe, expect, test } from 'vitest';
import { accuracy, isAsAccurate } from '../../src/runs/onnx-check/accuracy.js';
import { distanceToTie, explain, tieTolerance } from '../../src/runs/onnx-check/explain.js';
import type { Reference, ReferenceIntegers } from '../../src/runs/onnx-check/reference.js';

/** An image of two pixels and three channels, the last of which is dropped in the file. */
function rounded(positions: number[], levels = 15): ReferenceIntegers {
  const integers = Float32Array.from(positions, Math.round);
  return { shape: [1, 2, 3], positions: Float64Array.from(positions), integers, levels };
}

const first = [1.2, 3.500005, 9, 0.1, 7.9, 9];
const second = [1, 1, 1, 1, 1, 1];

function referenceOf(a: number[], b: number[], logits: number[], levels = 15): Reference {
  const activations = new Map([
    ['a', rounded(a, levels)],
    ['b', rounded(b, levels)],
  ]);
  return { logits: [Float32Array.from(logits)], activations };
}

/** Channels first: both pixels of the first channel, then of the second. */
const fileOf = (a: number[], b: number[]) => [
  { layer: 'a', channels: [0, 1], values: a },
  { layer: 'b', channels: [0, 1], values: b },
];
const same = { a: [1, 0, 4, 8], b: [1, 1, 1, 1] };

describe('a different class', () => {
  test('is explained by the first quantizer that rounds a tie to the other side', () => {
    const found = explain(
      referenceOf(first, second, [1, 2]),
      // Later layers may differ arbitrarily.
      fileOf([1, 0, 3, 8], [9, 9, 9, 9]),
      0,
      [1, 0],
    );
    expect(found).toEqual({
      why: 'a tie of a quantizer',
      layer: 'a',
      integers: 1,
      farthest: expect.closeTo(5e-6, 9) as number,
    });
  });

  test('is not explained if a value far from a tie also differs', () => {
    const found = explain(
      referenceOf(first, second, [1, 2]),
      fileOf([2, 0, 3, 8], same.b),
      0,
      [1, 0],
    );
    expect(found).toEqual({
      why: 'unexplained',
      found: expect.stringMatching(
        /^a has integers that differ at 0.3\d* of a step from a tie$/,
      ) as string,
    });
  });

  test('is not explained if a value at a tie differs by more than one step', () => {
    const found = explain(
      referenceOf(first, second, [1, 2]),
      fileOf([1, 0, 2, 8], same.b),
      0,
      [1, 0],
    );
    expect(found).toMatchObject({ why: 'unexplained' });
  });

  test('is explained by tied logits if all integers agree', () => {
    const file = fileOf(same.a, same.b);
    expect(explain(referenceOf(first, second, [2, 2.00001]), file, 0, [1, 0])).toEqual({
      why: 'a tie of logits',
    });
    expect(explain(referenceOf(first, second, [1, 2]), file, 0, [1, 0])).toEqual({
      why: 'unexplained',
      found: 'all integers agree, but the logits do not',
    });
  });

  test('is explained within the rounding of constants: once for ties, twice for logits', () => {
    const near = first.map((position) => (position === 3.500005 ? 3.501 : position));
    const reference = referenceOf(near, second, [1, 2]);
    const roundedBy = (rounding: number) =>
      fileOf([1, 0, 3, 8], same.b).map((own) => ({ ...own, rounding }));
    expect(explain(reference, roundedBy(0), 0, [1, 0])).toMatchObject({ why: 'unexplained' });
    expect(explain(reference, roundedBy(1e-3), 0, [1, 0])).toMatchObject({
      why: 'a tie of a quantizer',
    });
    const agrees = fileOf(same.a, same.b);
    const far = referenceOf(first, second, [1, 1.5]);
    expect(explain(far, agrees, 0, [1, 0], 0.2)).toMatchObject({ why: 'unexplained' });
    expect(explain(far, agrees, 0, [1, 0], 0.25)).toEqual({ why: 'a tie of logits' });
  });

  test('is explained by the evaluation’s graph only at a tie', () => {
    const file = fileOf(same.a, same.b);
    // Run op by op, the network gives the file's class.
    expect(explain(referenceOf(first, second, [1, 2]), file, 0, [0, 1])).toEqual({
      why: 'a tie in the evaluation',
    });
    const far = first.map((position) => (position === 3.500005 ? 3.6 : position));
    expect(explain(referenceOf(far, second, [1, 2]), file, 0, [0, 1])).toMatchObject({
      why: 'unexplained',
    });
  });
});

test('a tie lies halfway between integers, and its tolerance grows with float32’s spacing', () => {
  expect(distanceToTie(2.5)).toBe(0);
  expect(distanceToTie(-2.25)).toBe(0.25);
  expect(tieTolerance(3)).toBeCloseTo(1e-5 + 5.7e-6, 7);
  expect(tieTolerance(255)).toBeLessThan(6e-4);
  expect(tieTolerance(65535)).toBeLessThan(0.2);
});

test('accuracies count as equal within 0.1 points, or within chance for the images that differ', () => {
  const right = new Array<number>(10_000).fill(1);
  const withWrong = (count: number) => right.map((_, image) => (image < count ? 0 : 1));
  expect(accuracy(withWrong(12), right)).toBeCloseTo(99.88, 10);
  expect(isAsAccurate(withWrong(10), right, right)).toBe(true);
  expect(isAsAccurate(withWrong(11), right, right)).toBe(false);
  // The gains and losses may differ by 2 sqrt(n).
  const few = Array.from({ length: 100 }, () => 1);
  const evaluated = few.map((_, image) => (image < 6 ? 0 : 1));
  const found = few.map((_, image) => (image >= 6 && image < 16 ? 0 : 1));
  expect(isAsAccurate(found, evaluated, few)).toBe(true);
  expect(
    isAsAccurate(
      found.map((each, image) => (image < 26 ? each : 0)),
      evaluated,
      few,
    ),
  ).toBe(false);
});
