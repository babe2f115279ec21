import { formatBytes } from '../text/bytes.js';
import type { BitsAtAGlance } from './bits.js';
import type { Spread } from './statistics.js';

/** How numbers are written in tables and pictures. */

/** `99.31 ± 0.04`, of an accuracy in percent. */
export function formatAccuracy(accuracyPercent: Spread): string {
  return formatSpread(accuracyPercent, 2);
}

/** `0.362 ± 0.011`: three digits of the mean, and the same places of its error. */
export function formatBops(relativeBopsPercent: Spread): string {
  return formatSpread(relativeBopsPercent, placesOf(relativeBopsPercent.mean));
}

/** Three digits, without an exponent. */
export function threeDigits(value: number): string {
  return value.toFixed(placesOf(value));
}

function formatSpread({ mean, standardError }: Spread, places: number): string {
  const text = mean.toFixed(places);
  if (standardError === undefined) return text;
  const error = standardError.toFixed(places);
  // 0.00 would say that there is none.
  const isTooSmall = Number(error) === 0 && standardError > 0;
  return `${text} ± ${isTooSmall ? standardError.toPrecision(1) : error}`;
}

/** Decimal places that show three digits: none of 100, two of 1.23, three of 0.362; five at most. */
function placesOf(value: number): number {
  if (value === 0) return 0;
  const power = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(3)))));
  return Math.min(5, Math.max(0, 2 - power));
}

/** `2.4 (2-8)`: the mean, and the lowest and highest where they differ. */
export function formatBits(bits: BitsAtAGlance | undefined): string {
  if (bits === undefined) return '';
  const { mean, lowest, highest } = bits;
  if (lowest === highest) return String(lowest);
  return mean === undefined ? `${lowest}-${highest}` : `${mean.toFixed(1)} (${lowest}-${highest})`;
}

/** `62.1 kB`; nothing where it is not known. */
export function formatSize(bytes: number | undefined): string {
  return bytes === undefined ? '' : formatBytes(bytes);
}
