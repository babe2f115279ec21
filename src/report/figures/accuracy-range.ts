import { compareNumbers } from '../../text/compare-numbers.js';
import type { ReportRow } from '../rows.js';

/**
 * Which accuracies an axis is to hold, so that one shows where methods differ. Rows far below the others
 * would squeeze these: those below Tukey's fence (the lower quartile less 1.5 times the range between the
 * quartiles; Exploratory Data Analysis, 1977) are left to the edge, if the others would otherwise have no
 * more than a quarter of the axis. So are networks that are constants.
 *
 * @param others accuracies that are shown in any case
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
    // A single seed that failed is not to squeeze the axis either.
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

/** Linear between the sorted values on both sides. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [low = NaN, high = low] = sorted.slice(Math.floor(at), Math.floor(at) + 2);
  return low + (at - Math.floor(at)) * (high - low);
}
