import { formatAccuracy, formatBits, formatBops, formatSize, threeDigits } from './numbers.js';
import type { ReportGroup } from './report.js';
import type { ReportRow } from './rows.js';

/** A column of the trade-off table, in plain text. */
export interface Column {
  readonly head: string;
  readonly cell: (row: ReportRow) => string;
  readonly isText?: true;
}

const setting: Column = { head: 'Setting', cell: (row) => row.setting, isText: true };

const columns: readonly Column[] = [
  { head: 'mu', cell: ({ mu }) => String(mu) },
  { head: 'Seeds', cell: ({ seeds }) => String(seeds.length) },
  { head: 'Accuracy %', cell: ({ accuracyPercent }) => formatAccuracy(accuracyPercent) },
  { head: 'BOPs %', cell: ({ relativeBopsPercent }) => formatBops(relativeBopsPercent) },
  { head: 'GBOPs', cell: ({ gbops }) => threeDigits(gbops.mean) },
  { head: 'W bits', cell: ({ weightBits }) => formatBits(weightBits) },
  { head: 'A bits', cell: ({ activationBits }) => formatBits(activationBits) },
  { head: 'Kept %', cell: ({ keptChannelsPercent }) => keptChannelsPercent.toFixed(1) },
  { head: 'Size', cell: ({ compressedBytes }) => formatSize(compressedBytes) },
];

/** Of a group's table, without the mark of what is on the front. */
export function columnsOf({ rows }: ReportGroup): readonly Column[] {
  return rows.some(({ setting }) => setting !== '') ? [setting, ...columns] : columns;
}

/** What the columns mean, in sentences. */
export function columnNotes({ rows, isOneSize }: ReportGroup): string[] {
  const isSpread = rows.some(({ seeds }) => seeds.length > 1);
  return [
    '* is on the Pareto front: no other row has as much accuracy for fewer bit operations.',
    ...(isOneSize
      ? []
      : [
          'Networks of different sizes are compared by GBOPs, as BOPs % is relative to each its own.',
        ]),
    ...(isSpread ? ['± is the standard error of the mean over the seeds.'] : []),
    'W and A bits, of weights and activations: the mean by MACs (lowest-highest of a layer).',
    'Kept: of the channels that can be dropped.',
    'Size: kept weights at their bits; biases, scales, shifts and ranges at 32.',
  ];
}
