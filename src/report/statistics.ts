import { tFactor } from './comparison/student-t.js';

/** The meaning of ± after a mean. */
export type PlusMinus = 'interval' | 'error';

/** Repeated measurements of one quantity. */
export interface Spread {
  readonly mean: number;
  /** Standard error of the mean; undefined for a single measurement. */
  readonly standardError: number | undefined;
  /** Half the width of the mean's 95 % confidence interval; undefined for a single measurement. */
  readonly halfInterval: number | undefined;
  /** Whichever of the two is shown after ±. */
  readonly plusMinus: number | undefined;
  readonly values: readonly number[];
}

/** Confidence level of the intervals. */
export const confidence = 0.95;

/**
 * Summarize values: the mean, its standard error `s / sqrt(n)` with the sample standard deviation s, and
 * Student's interval `mean ± t s / sqrt(n)` with n - 1 degrees of freedom.
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

/** Sample variance: the sum of squared deviations over n - 1. */
export function variance(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

export function meanOf(values: readonly number[]): number {
  const [first = NaN] = values;
  // Exact for equal values: a rounding error would look like a spread.
  if (values.every((value) => value === first)) return first;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
