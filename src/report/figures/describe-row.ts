import { formatBytes } from '../../text/bytes.js';
import { formatAccuracy, formatBits, formatBops, threeDigits } from '../numbers.js';
import type { PlacedReference } from '../report.js';
import type { ReportRow } from '../rows.js';

/** What is shown of a row when one points at it, and what a screen reader says; in lines. */
export function describeRow(row: ReportRow): string {
  const { setting, mu, seeds, accuracyPercent, relativeBopsPercent, gbops } = row;
  const bits = [
    `weights ${formatBits(row.weightBits)} bits`,
    ...(row.activationBits ? [`activations ${formatBits(row.activationBits)} bits`] : []),
    `${row.keptChannelsPercent.toFixed(1)} % of channels`,
    ...(row.compressedBytes === undefined ? [] : [formatBytes(row.compressedBytes)]),
  ];
  return [
    setting === '' ? `mu ${mu}` : `${setting}, mu ${mu}`,
    `${formatAccuracy(accuracyPercent)} % accuracy`,
    `${formatBops(relativeBopsPercent)} % BOPs (${threeDigits(gbops.mean)} G)`,
    bits.join(', '),
    `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}${row.isOnFront ? '; on the Pareto front' : ''}`,
  ].join('\n');
}

export function describeReference(reference: PlacedReference): string {
  const { network, method, accuracyPercent, relativeBopsPercent, source } = reference;
  return [
    `Published: ${method}, ${network}`,
    `${accuracyPercent.toFixed(2)} % accuracy at ${relativeBopsPercent} % BOPs`,
    source,
  ].join('\n');
}
