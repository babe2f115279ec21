/** How single figures are written, wherever that is; their units are their users'. */

/** `98.12`, of an accuracy in percent. */
export function formatAccuracy(percent: number): string {
  return percent.toFixed(accuracyPlaces);
}

/** Decimal places of accuracies in percent. */
export const accuracyPlaces = 2;

/** `0.362`, `13.0`, `4369`: three digits without an exponent, five decimal places at most. */
export function threeDigits(value: number): string {
  return value.toFixed(placesOfThreeDigits(value));
}

/** Decimal places that show three digits: none of 100, two of 1.23, three of 0.362; five at most. */
export function placesOfThreeDigits(value: number): number {
  if (value === 0) return 0;
  const power = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(3)))));
  return Math.min(5, Math.max(0, 2 - power));
}
