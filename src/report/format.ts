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

/** How figures are written in a report's tables and pictures. */

/** `99.31 ± 0.04`, of accuracies in percent. */
export function formatAccuracies(accuracyPercent: Spread): string {
  return formatSpread(accuracyPercent, accuracyPlaces);
}

/** `0.362 ± 0.011`: three digits of the mean, and the same places of its error. */
export function formatRelativeBops(relativeBopsPercent: Spread): string {
  return formatSpread(relativeBopsPercent, placesOfThreeDigits(relativeBopsPercent.mean));
}

function formatSpread({ mean, plusMinus }: Spread, places: number): string {
  const text = mean.toFixed(places);
  if (plusMinus === undefined) return text;
  const error = plusMinus.toFixed(places);
  // 0.00 would say that there is none.
  const isTooSmall = Number(error) === 0 && plusMinus > 0;
  return `${text} ± ${isTooSmall ? plusMinus.toPrecision(1) : error}`;
}

/** `17.5 M`, of 10^9 bit operations. */
export function formatGbops(gbops: Spread): string {
  return compact(1e9 * gbops.mean);
}

/** `2.4 (2-8)`: the mean, and the lowest and highest where they differ. */
export function formatBits(bits: BitsSummary | undefined): string {
  if (bits === undefined) return '';
  const { mean, lowest, highest } = bits;
  if (lowest === highest) return String(lowest);
  return mean === undefined ? `${lowest}-${highest}` : `${mean.toFixed(1)} (${lowest}-${highest})`;
}

/** `62.4`, of a percentage of channels. */
export function formatKept(keptChannelsPercent: number): string {
  return threeDigits(keptChannelsPercent);
}

/** `62.1 kB`; nothing where it is not known. */
export function formatSize(bytes: number | undefined): string {
  return bytes === undefined ? '' : formatBytes(bytes);
}

/** `98.12 % at 0.362 % BOPs`, of one run. */
export function formatTradeOff({
  testAccuracyPercent,
  relativeBopsPercent,
}: {
  readonly testAccuracyPercent: number;
  readonly relativeBopsPercent: number;
}): string {
  return `${formatAccuracy(testAccuracyPercent)} % at ${threeDigits(relativeBopsPercent)} % BOPs`;
}

/** `99.30 % at 0.36 %`, of a published result: its bit operations with the digits that were published. */
export function formatPublished({ accuracyPercent, relativeBopsPercent }: Reference): string {
  return `${formatAccuracy(accuracyPercent)} % at ${relativeBopsPercent} %`;
}
