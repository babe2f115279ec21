import { formatBytes } from '../text/bytes.js';
import { compact } from '../text/compact.js';
import {
  accuracyPlaces,
  formatAccuracy,
  placesOfThreeDigits,
  threeDigits,
} from '../text/figures.js';
import type { BitsSummary } from './network-summary.js';
import type { Reference } from './references.js';
import type { Spread } from './statistics.js';

/** Formats of figures in a report's tables and pictures. */

/** `99.31 ± 0.04`: accuracies in percent. */
export function formatAccuracies(accuracyPercent: Spread): string {
  return formatSpread(accuracyPercent, accuracyPlaces);
}

/** `0.362 ± 0.011`: three significant digits of the mean, and its error to as many decimal places. */
export function formatRelativeBops(relativeBopsPercent: Spread): string {
  return formatSpread(relativeBopsPercent, placesOfThreeDigits(relativeBopsPercent.mean));
}

function formatSpread({ mean, plusMinus }: Spread, places: number): string {
  const text = mean.toFixed(places);
  if (plusMinus === undefined) return text;
  const error = plusMinus.toFixed(places);
  // 0.00 would suggest that there is no error.
  const isTooSmall = Number(error) === 0 && plusMinus > 0;
  return `${text} ± ${isTooSmall ? plusMinus.toPrecision(1) : error}`;
}

/** `17.5 M`: bit operations, given in units of 10^9. */
export function formatGbops(gbops: Spread): string {
  return compact(1e9 * gbops.mean);
}

/** `2.4 (2-8)`: the mean, with the lowest and highest if they differ. */
export function formatBits(bits: BitsSummary | undefined): string {
  if (bits === undefined) return '';
  const { mean, lowest, highest } = bits;
  if (lowest === highest) return String(lowest);
  return mean === undefined ? `${lowest}-${highest}` : `${mean.toFixed(1)} (${lowest}-${highest})`;
}

/** `62.4`: kept channels in percent. */
export function formatKept(keptChannelsPercent: number): string {
  return threeDigits(keptChannelsPercent);
}

/** `62.1 kB`; empty if unknown. */
export function formatSize(bytes: number | undefined): string {
  return bytes === undefined ? '' : formatBytes(bytes);
}

/** `98.12 % at 0.362 % BOPs`: one run's trade-off. */
export function formatTradeOff({
  testAccuracyPercent,
  relativeBopsPercent,
}: {
  readonly testAccuracyPercent: number;
  readonly relativeBopsPercent: number;
}): string {
  return `${formatAccuracy(testAccuracyPercent)} % at ${threeDigits(relativeBopsPercent)} % BOPs`;
}

/** `99.30 % at 0.36 %`: a published result, with the published digits of its bit operations. */
export function formatPublished({ accuracyPercent, relativeBopsPercent }: Reference): string {
  return `${formatAccuracy(accuracyPercent)} % at ${relativeBopsPercent} %`;
}
