import { constantNetwork } from '../inspection/constant-network.js';
import {
  formatAccuracies,
  formatBits,
  formatGbops,
  formatKept,
  formatRelativeBops,
  formatSize,
} from './format.js';
import { groupBy } from '../text/group-by.js';
import type { BitsSummary } from './network-summary.js';
import type { ReportGroup } from './report.js';
import { pointName, rowName, type ReportRow } from './rows.js';
import type { Spread } from './statistics.js';

/** Unrounded values by name; undefined if absent. */
export type Fields = Readonly<Record<string, string | number | undefined>>;

/** A column of the trade-off table, on a terminal, in Markdown, LaTeX and CSV, and on the page. */
export interface Column {
  readonly head: string;
  /** Head for narrow tables; default: `head`. */
  readonly shortHead?: string;
  /** Text for people. */
  readonly cell: (row: ReportRow) => string;
  /** Values for programs, each a CSV column. */
  readonly fields: (row: ReportRow) => Fields;
  readonly isText?: boolean;
}

const method: Column = {
  head: 'Method',
  cell: (row) => row.method,
  fields: ({ method }) => ({ method }),
  isText: true,
};

/** The row's point on its method's curve: mu, a budget or fixed bits. */
const point: Column = {
  head: 'Setting',
  cell: pointName,
  fields: (row) => ({ point: pointName(row), mu: row.mu }),
  isText: true,
};

/** Replaces `point` if every row has a mu. */
const mu: Column = { ...point, head: 'mu', cell: ({ point }) => point.value, isText: false };

/** The accuracy column; published results fill it and the next one. */
export const accuracyColumn: Column = {
  head: 'Accuracy %',
  cell: ({ accuracyPercent }) => formatAccuracies(accuracyPercent),
  fields: ({ accuracyPercent, validationPercent }) => ({
    ...spreadFields('test_accuracy_percent', accuracyPercent),
    ...spreadFields('validation_accuracy_percent', validationPercent),
  }),
};

/** The column that links to a row's runs. */
export const seedsColumn: Column = {
  head: 'Seeds',
  shortHead: 'n',
  cell: ({ seeds }) => String(seeds.length),
  fields: ({ seeds }) => ({ seeds: seeds.length }),
};

/** Result columns, in order. */
const figureColumns: readonly Column[] = [
  seedsColumn,
  accuracyColumn,
  {
    head: 'BOPs %',
    cell: ({ relativeBopsPercent }) => formatRelativeBops(relativeBopsPercent),
    fields: ({ relativeBopsPercent }) => spreadFields('relative_bops_percent', relativeBopsPercent),
  },
  {
    head: 'BOPs',
    cell: ({ gbops }) => formatGbops(gbops),
    fields: ({ gbops }) => spreadFields('gbops', gbops),
  },
  {
    head: 'W bits',
    cell: ({ weightBits }) => formatBits(weightBits),
    fields: ({ weightBits }) => bitsFields('weight_bits', weightBits),
  },
  {
    head: 'A bits',
    cell: ({ activationBits }) => formatBits(activationBits),
    fields: ({ activationBits }) => bitsFields('activation_bits', activationBits),
  },
  {
    head: 'Kept %',
    cell: ({ keptChannelsPercent }) => formatKept(keptChannelsPercent),
    fields: ({ keptChannelsPercent }) => ({ kept_channels_percent: keptChannelsPercent }),
  },
  {
    head: 'Size',
    cell: ({ compressedBytes }) => formatSize(compressedBytes),
    fields: ({ compressedBytes }) => ({ compressed_bytes: compressedBytes }),
  },
];

/** All columns, whether or not a group needs them. */
export const allColumns: readonly Column[] = [method, point, ...figureColumns];

/** The columns of a group's table, without the mark of the Pareto front. */
export function columnsOf(group: ReportGroup): readonly Column[] {
  const hasMethods = group.rows.some((row) => row.method !== '');
  return [...(hasMethods ? [method] : []), ...columnsInMethod(group)];
}

/** The columns of rows listed below their method's name. */
export function columnsInMethod({ rows }: ReportGroup): readonly Column[] {
  const isMu = rows.every(({ point: { by }, extra }) => by === 'mu' && extra === '');
  return [isMu ? mu : point, ...figureColumns];
}

function spreadFields(name: string, of: Spread | undefined): Fields {
  return {
    [name]: of?.mean,
    [`${name}_se`]: of?.standardError,
    [`${name}_interval95`]: of?.halfInterval,
  };
}

function bitsFields(name: string, bits: BitsSummary | undefined): Fields {
  return {
    [`${name}_mean`]: bits?.mean,
    [`${name}_lowest`]: bits?.lowest,
    [`${name}_highest`]: bits?.highest,
  };
}

/** Sentences that explain the columns and qualify the rows. */
export function columnNotes(group: ReportGroup): string[] {
  const { rows, isOneSize, isChosenOnHeldOut, plusMinus, notes } = group;
  const isSpread = rows.some(({ seeds }) => seeds.length > 1);
  return [
    ...methodNotes(group),
    '* marks the Pareto front: no other row is as accurate with fewer bit operations.',
    ...(isChosenOnHeldOut
      ? [
          'The front is by accuracy on held-out images; the accuracies shown are on the test images.',
        ]
      : []),
    ...(isOneSize
      ? []
      : [
          'Networks of different sizes are compared by BOPs, as BOPs % is relative to each network itself.',
        ]),
    ...(isSpread ? [plusMinusNotes[plusMinus]] : []),
    'W and A bits: weights and activations, mean weighted by MACs (lowest-highest layer).',
    'Kept: percentage kept of the channels that can be dropped.',
    'Size: kept weights at their bits; biases, scales, shifts, ranges and the constant outputs of dropped channels at 32.',
    ...rows.flatMap(constantNote),
    ...notes,
  ];
}

const plusMinusNotes = {
  interval: '± is half the 95 % interval of the mean over the n seeds, by Student’s t with n − 1.',
  error: '± is the standard error of the mean over the seeds.',
} as const;

/** Settings common to all rows, and those common to a method's rows. */
function methodNotes({ shared, details }: ReportGroup): string[] {
  const bySettings = groupBy([...details], ([, settings]) => settings.join(', '));
  const each = [...bySettings].flatMap(([settings, methods]) =>
    settings === '' ? [] : [`${methods.map(([method]) => method).join('; ')}: ${settings}.`],
  );
  return [...(shared.length === 0 ? [] : [`All rows: ${shared.join(', ')}.`]), ...each];
}

/** Note that a row has constant networks. */
function constantNote(row: ReportRow): string[] {
  const { seeds, constantNetworks } = row;
  if (constantNetworks === 0) return [];
  const some =
    constantNetworks < seeds.length ? ` (${constantNetworks} of ${seeds.length} seeds)` : '';
  return [`${rowName(row)}${some}: ${constantNetwork} Such a row is never on the front.`];
}
