import { tFactor } from './comparison/student-t.js';

/** What stands behind a mean's ±. */
export type PlusMinus = 'interval' | 'error';

/** Several measurements of one thing. */
export interface Spread {
  readonly mean: number;
  /** Of the mean; undefined for a single measurement, which says nothing of it. */
  readonly standardError: number | undefined;
  /** From the mean to an end of its 95 % interval; undefined for a single measurement. */
  readonly halfInterval: number | undefined;
  /** The one of them that is shown. */
  readonly plusMinus: number | undefined;
  readonly values: readonly number[];
}

/** Of intervals, as a share. */
export const confidence = 0.95;

/**
 * Their mean, its standard error `s / sqrt(n)` with the sample standard deviation s, and Student's interval
 * `mean ± t s / sqrt(n)` with n - 1 degrees of freedom.
 */
export function spread(values: readonly number[], shown: PlusMinus = 'interval'): Spread {
  const count = values.length;
  const mean = meanOf(values);
  if (count < 2) {
    return {
      mean,
      standardError: undefined,
      halfInterval: undefined,
      plusMinus: undefined,
      values,
    };
  }
  const standardError = Math.sqrt(variance(values) / count);
  const halfInterval = tFactor(confidence, count - 1) * standardError;
  const plusMinus = shown === 'error' ? standardError : halfInterval;
  return { mean, standardError, halfInterval, plusMinus, values };
}

/** Of a sample: the sum of squares by n - 1. */
export function variance(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

export function meanOf(values: readonly number[]): number {
  const [first = NaN] = values;
  // Of equal numbers exactly that, or rounding would look like a spread.
  if (values.every((value) => value === first)) return first;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
