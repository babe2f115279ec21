import { confidence, meanOf, spread, variance } from '../statistics.js';
import { tFactor } from './student-t.js';

/** A value by seed. */
export type BySeed = ReadonlyMap<number, number>;

/** Difference between two methods. */
export interface Difference {
  readonly mean: number;
  /** Half the width of the mean's 95 % confidence interval. */
  readonly halfInterval: number;
  readonly by: 'pairs' | 'Welch';
  /** Number of pairs, or of values of each method. */
  readonly counts: readonly number[];
  /** Whether the interval contains 0, so that no difference is shown. */
  readonly holdsZero: boolean;
}

/**
 * Difference of the means of two methods, with Student's interval over the per-seed differences if runs of a
 * seed are pairs, else with Welch's interval and the Welch-Satterthwaite degrees of freedom. Undefined if
 * there are too few seeds.
 */
export function difference(one: BySeed, other: BySeed, isPaired: boolean): Difference | undefined {
  if (isPaired) {
    const pairs = [...one].flatMap(([seed, value]) => {
      const of = other.get(seed);
      return of === undefined ? [] : [value - of];
    });
    const { mean, halfInterval } = spread(pairs);
    if (halfInterval === undefined) return undefined;
    return told(mean, halfInterval, 'pairs', [pairs.length]);
  }
  const [a, b] = [[...one.values()], [...other.values()]];
  if (a.length < 2 || b.length < 2) return undefined;
  const [u, v] = [variance(a) / a.length, variance(b) / b.length];
  const degrees = (u + v) ** 2 / (u ** 2 / (a.length - 1) + v ** 2 / (b.length - 1));
  // Without any spread the degrees of freedom are undefined and the interval has no width.
  const half = u + v === 0 ? 0 : tFactor(confidence, degrees) * Math.sqrt(u + v);
  return told(meanOf(a) - meanOf(b), half, 'Welch', [a.length, b.length]);
}

function told(
  mean: number,
  halfInterval: number,
  by: Difference['by'],
  counts: readonly number[],
): Difference {
  return { mean, halfInterval, by, counts, holdsZero: Math.abs(mean) <= halfInterval };
}
