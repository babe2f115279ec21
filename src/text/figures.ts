/** How single figures are written, wherever that is; their units are their users'. */

/** `98.12`, of an accuracy in percent. */
export function formatAccuracy(percent: number): string {
  return percent.toFixed(accuracyPlaces);
}

/** Decimal places of accuracies in percent. */
export const accuracyPlaces = 2;

/**
 * `0.362`, `13.0`, `0.0000812`: three digits of a percentage, which has no prefix (`compact` is for counts),
 * however small: only nothing is `0`.
 */
export function threeDigits(value: number): string {
  return value.toFixed(placesOfThreeDigits(value));
}

/** Decimal places that show three digits: none of 100, two of 1.23, three of 0.362. */
export function placesOfThreeDigits(value: number): number {
  if (value === 0) return 0;
  const power = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(3)))));
  return Math.min(mostPlaces, Math.max(0, 2 - power));
}

/** As many as `toFixed` can write. */
const mostPlaces = 100;

/** `62` percent, where there is room for no more; what is not nothing is not 0, what is not all not 100. */
export function wholePercent(percent: number): string {
  if (percent > 0 && percent < 0.5) return '<1';
  if (percent < 100 && percent >= 99.5) return '>99';
  return percent.toFixed(0);
}
