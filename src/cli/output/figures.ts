import { compact } from '../../text/compact.js';
import { formatAccuracy, threeDigits } from '../../text/figures.js';

/** Text for single figures of a network, as printed in lines on a terminal. */

/** `98.12 %` */
export function accuracyText(percent: number): string {
  return `${formatAccuracy(percent)} %`;
}

/** `0.362 %`: relative bit operations, or a layer's share of the bit operations. */
export function bopsText(relativePercent: number): string {
  return `${threeDigits(relativePercent)} %`;
}

/** `15.8 M` */
export function gbopsText(gbops: number): string {
  return compact(1e9 * gbops);
}

/** `98.12 % at 0.362 % BOPs` */
export function tradeOffText({
  testAccuracyPercent,
  relativeBopsPercent,
}: {
  readonly testAccuracyPercent: number;
  readonly relativeBopsPercent: number;
}): string {
  return `${accuracyText(testAccuracyPercent)} at ${bopsText(relativeBopsPercent)} BOPs`;
}
