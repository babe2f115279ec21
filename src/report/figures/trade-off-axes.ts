import { gbopsAt, type PlacedReference, type ReportGroup } from '../report.js';
import type { ReportRow } from '../rows.js';
import type { Spread } from '../statistics.js';
import { costAxis, linearAxis, type NumberAxis } from './axis.js';

/** Where a group's rows stand in its picture of accuracy against bit operations. */
export interface TradeOffAxes {
  /** Of costs: relative ones in percent; where networks differ in size, bit operations for one image. */
  readonly x: NumberAxis;
  /** Of accuracies, in percent. */
  readonly y: NumberAxis;
  readonly xTitle: string;
  /** How the costs' ticks are labelled; empty: as the drawing library thinks best. */
  readonly xLabels: { readonly format?: string; readonly labelExpr?: string };
  /** The rows that have a place: a logarithmic axis holds no cost of 0. */
  readonly rows: readonly ReportRow[];
  readonly costOf: (row: ReportRow) => Spread;
  readonly costOfReference: (reference: PlacedReference) => number;
  /** The cost of so much of the row's network. */
  readonly costAt: (row: ReportRow, relativeBopsPercent: number) => number;
}

export function tradeOffAxes({ rows, references, isOneSize }: ReportGroup): TradeOffAxes {
  const costOf = ({ relativeBopsPercent, gbops }: ReportRow) =>
    isOneSize ? relativeBopsPercent : inBops(gbops);
  const costOfReference = ({ relativeBopsPercent, gbops }: PlacedReference) =>
    isOneSize ? relativeBopsPercent : 1e9 * gbops;
  const x = costAxis([
    ...rows.flatMap((row) => ends(costOf(row)).filter((end) => end > costOf(row).mean / 3)),
    ...rows.map((row) => costOf(row).mean),
    ...references.map(costOfReference),
  ]);
  const shown = rows.filter((row) => !x.isLog || costOf(row).mean > 0);
  const y = linearAxis(
    [
      ...shown.flatMap(({ accuracyPercent }) => ends(accuracyPercent)),
      ...references.map(({ accuracyPercent }) => accuracyPercent),
    ],
    0,
    100,
  );
  const title = isOneSize ? 'Relative bit operations (%)' : 'Bit operations for one image';
  return {
    ...{ x, y, rows: shown, costOf, costOfReference },
    xTitle: `${title}${x.isLog ? ', logarithmic' : ''}`,
    // Linear ticks have the same decimal places each without a format.
    xLabels: isOneSize ? (x.isLog ? { format: '~g' } : {}) : { labelExpr: prefixed },
    costAt: (row, percent) => (isOneSize ? percent : 1e9 * gbopsAt(row, percent)),
  };
}

/** `5 M`, as `compact` has it. */
const prefixed = "replace(format(datum.value, '~s'), regexp('([a-zA-Z])$'), ' $1')";

function inBops({ mean, standardError, values }: Spread): Spread {
  return {
    mean: 1e9 * mean,
    standardError: standardError === undefined ? undefined : 1e9 * standardError,
    values: values.map((value) => 1e9 * value),
  };
}

/** Below and above a mean by its standard error. */
export function ends({ mean, standardError = 0 }: Spread): [number, number] {
  return [mean - standardError, mean + standardError];
}

/** What the marks are, and what has none. */
export function tradeOffCaption(group: ReportGroup): string {
  const { rows, references } = group;
  const isCurve = rows.some(({ runs }) => runs.some(({ sensitivity }) => sensitivity.length > 0));
  const isSpread = rows.some(({ seeds }) => seeds.length > 1);
  const shown = tradeOffAxes(group).rows;
  const absent = rows.filter((row) => !shown.includes(row)).map(({ mu }) => mu);
  return [
    'Labels: mu',
    ...(isSpread ? ['bars: standard error over seeds'] : []),
    'filled, and the line: Pareto front',
    ...(isCurve ? ['dashed: sensitivity baseline'] : []),
    ...(references.length > 0 ? ['diamonds: published'] : []),
    ...(absent.length > 0
      ? [`without a mark: 0 bit operations at mu ${[...new Set(absent)].join(', ')}`]
      : []),
  ].join('; ');
}
