import { expect } from 'vitest';

/** `(f(x + h) - f(x - h)) / 2h` for each entry of x. */
export function centralDifferences(
  f: (x: readonly number[]) => number,
  x: readonly number[],
  h = 1e-5,
): number[] {
  const shifted = (index: number, by: number) =>
    f(x.map((value, other) => (other === index ? value + by : value)));
  return x.map((_, index) => (shifted(index, h) - shifted(index, -h)) / (2 * h));
}

/** Expect an error of at most `tolerance` times the largest expected entry. */
export function expectClose(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  expect(found).toHaveLength(expected.length);
  const largest = Math.max(0, ...Array.from(expected, Math.abs));
  Array.from(found).forEach((value, index) => {
    const difference = Math.abs(value - (expected[index] as number));
    expect(difference, `entry ${index}`).toBeLessThanOrEqual(tolerance * largest);
  });
}

/** Reproducible uniform numbers in [0, 1). */
export function seededUniforms(seed: number): () => number {
  let state = seed;
  return () => {
    // A linear congruential generator (Numerical Recipes).
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
