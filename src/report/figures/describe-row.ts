import { formatAccuracy } from '../../text/figures.js';
import {
  formatAccuracies,
  formatBits,
  formatGbops,
  formatKept,
  formatRelativeBops,
  formatSize,
} from '../format.js';
import type { PlacedReference } from '../report.js';
import { rowName, type ReportRow } from '../rows.js';

/** The tooltip and the screen reader text of a row, in lines. */
export function describeRow(row: ReportRow): string {
  const { seeds, accuracyPercent, validationPercent, relativeBopsPercent, gbops } = row;
  const bits = [
    `weights ${formatBits(row.weightBits)} bits`,
    ...(row.activationBits ? [`activations ${formatBits(row.activationBits)} bits`] : []),
    `${formatKept(row.keptChannelsPercent)} % of channels`,
    ...(row.compressedBytes === undefined ? [] : [formatSize(row.compressedBytes)]),
  ];
  return [
    rowName(row),
    `${formatAccuracies(accuracyPercent)} % accuracy`,
    ...(validationPercent ? [`${formatAccuracies(validationPercent)} % on held-out images`] : []),
    `${formatRelativeBops(relativeBopsPercent)} % BOPs (${formatGbops(gbops)})`,
    bits.join(', '),
    `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}${row.isOnFront ? '; on the Pareto front' : ''}`,
  ].join('\n');
}

export function describeReference(reference: PlacedReference): string {
  const { network, method, accuracyPercent, relativeBopsPercent, source } = reference;
  return [
    `Published: ${method}, ${network}`,
    `${formatAccuracy(accuracyPercent)} % accuracy at ${relativeBopsPercent} % BOPs`,
    source,
  ].join('\n');
}
