/** The format of single figures; callers add units. */

/** An accuracy in percent: `98.12`. */
export function formatAccuracy(percent: number): string {
  return percent.toFixed(accuracyPlaces);
}

/** Decimal places of accuracies in percent. */
export const accuracyPlaces = 2;

/**
 * A percentage with three significant digits, however small: `0.362`, `13.0`, `0.0000812`; `0` only for 0.
 * (`compact` formats counts.)
 */
export function threeDigits(value: number): string {
  return value.toFixed(placesOfThreeDigits(value));
}

/** Decimal places for three significant digits: none for 100, two for 1.23, three for 0.362. */
export function placesOfThreeDigits(value: number): number {
  if (value === 0) return 0;
  const power = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(3)))));
  return Math.min(mostPlaces, Math.max(0, 2 - power));
}

/** The maximum of `toFixed`. */
const mostPlaces = 100;

/** A short percentage, `62`, that is 0 only for nothing and 100 only for all. */
export function wholePercent(percent: number): string {
  if (percent > 0 && percent < 0.5) return '<1';
  if (percent < 100 && percent >= 99.5) return '>99';
  return percent.toFixed(0);
}
