import { compareNumbers } from '../../text/compare-numbers.js';
import type { ReportRow } from '../rows.js';

/**
 * Choose the accuracies that an axis must show so that differences between methods are visible. Constant
 * networks and rows below Tukey's fence (the lower quartile less 1.5 times the interquartile range;
 * Exploratory Data Analysis, 1977) are left out if they would leave the others less than a quarter of the
 * axis.
 *
 * @param others accuracies that are always shown
 */
export function accuracyRange(
  rows: readonly ReportRow[],
  others: readonly number[],
): { readonly shown: readonly number[]; readonly all: readonly number[] } {
  const all = [
    ...rows.flatMap(({ accuracyPercent: { mean, values } }) => [mean, ...values]),
    ...others,
  ];
  const fence = lowerFence(rows.map(({ accuracyPercent }) => accuracyPercent.mean));
  const isKept = ({ accuracyPercent, constantNetworks }: ReportRow) =>
    accuracyPercent.mean >= fence && constantNetworks === 0;
  const kept = rows.filter(isKept);
  const shown = [
    // A single failed seed must not squeeze the axis either.
    ...kept.flatMap(({ accuracyPercent: { mean, values } }) => [
      mean,
      ...values.filter((value) => value >= fence),
    ]),
    ...others,
  ];
  const isSqueezed = rangeOf(all) > squeeze * rangeOf(shown);
  return { shown: isSqueezed && kept.length > 0 ? shown : all, all };
}

const squeeze = 4;

function rangeOf(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

export function lowerFence(values: readonly number[]): number {
  const sorted = values.toSorted(compareNumbers);
  const [lower, upper] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  return lower - 1.5 * (upper - lower);
}

/** Interpolate linearly between adjacent sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [low = NaN, high = low] = sorted.slice(Math.floor(at), Math.floor(at) + 2);
  return low + (at - Math.floor(at)) * (high - low);
}
