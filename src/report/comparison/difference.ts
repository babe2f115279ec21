import { confidence, meanOf, spread, variance } from '../statistics.js';
import { tFactor } from './student-t.js';

/** A value of each seed that has one. */
export type BySeed = ReadonlyMap<number, number>;

/** One method less another. */
export interface Difference {
  readonly mean: number;
  /** From the mean to an end of its 95 % interval. */
  readonly halfInterval: number;
  readonly by: 'pairs' | 'Welch';
  /** How many pairs, or how many of each. */
  readonly counts: readonly number[];
  /** Whether the interval holds 0: there may be no difference. */
  readonly holdsZero: boolean;
}

/**
 * One method less another, with Student's interval over the differences of seeds, if runs of a seed are pairs;
 * else Welch's, with the degrees of freedom of Welch and Satterthwaite. Undefined where one has too few.
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
  // Without any spread there are no degrees of freedom, and no width.
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
