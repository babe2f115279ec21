import { compact } from '../../text/compact.js';
import { formatAccuracy, threeDigits } from '../../text/figures.js';

/** How a network's figures are written where there is one number of each: in lines of a terminal. */

/** `98.12 %` */
export function accuracyText(percent: number): string {
  return `${formatAccuracy(percent)} %`;
}

/** `0.362 %`, of relative bit operations, or of a layer's share in them. */
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
