/** Several measurements of one thing. */
export interface Spread {
  readonly mean: number;
  /** Of the mean; undefined for a single measurement, which says nothing of it. */
  readonly standardError: number | undefined;
  readonly values: readonly number[];
}

/** Their mean, and the standard error `s / sqrt(n)` with the sample standard deviation s. */
export function spread(values: readonly number[]): Spread {
  const count = values.length;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = count < 2 ? undefined : Math.sqrt(squares / (count - 1) / count);
  return { mean, standardError, values };
}

export function meanOf(values: readonly number[]): number {
  const [first = NaN] = values;
  // Of equal numbers exactly that, or rounding would look like a spread.
  if (values.every((value) => value === first)) return first;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
