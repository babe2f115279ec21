import { formatAccuracy } from '../../text/figures.js';

/** How a network's figures are written where there is one number of each: in lines of a terminal. */

/** `98.12 %` */
export function accuracyText(percent: number): string {
  return `${formatAccuracy(percent)} %`;
}

/** `0.36 %`, of relative bit operations. */
export function bopsText(relativePercent: number): string {
  return `${relativePercent.toFixed(2)} %`;
}

/** `0.016 G` */
export function gbopsText(gbops: number): string {
  return `${gbops.toFixed(3)} G`;
}

/** `98.12 % at 0.36 % BOPs` */
export function tradeOffText({
  testAccuracyPercent,
  relativeBopsPercent,
}: {
  readonly testAccuracyPercent: number;
  readonly relativeBopsPercent: number;
}): string {
  return `${accuracyText(testAccuracyPercent)} at ${bopsText(relativeBopsPercent)} BOPs`;
}
