import { gbopsAt, type PlacedReference, type ReportGroup } from '../report.js';
import { isFullPrecision, rowName, type ReportRow } from '../rows.js';
import type { Spread } from '../statistics.js';
import { formatAccuracy } from '../../text/figures.js';
import { costAxis, linearAxis, logAxis, type NumberAxis } from './axis.js';
import type { FigureOptions } from './figure-style.js';
import { accuracyRange, lowerFence } from './accuracy-range.js';

/** Axes of a group's picture of accuracy against bit operations, and the rows' places on them. */
export interface TradeOffAxes {
  /** Costs: relative ones in percent, or bit operations for one image if networks differ in size. */
  readonly x: NumberAxis;
  /** Accuracies or errors, in percent. */
  readonly y: NumberAxis;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Format of the cost axis's tick labels; empty: the drawing library's default. */
  readonly xLabels: { readonly format?: string; readonly labelExpr?: string };
  /** Rows within the axes. */
  readonly rows: readonly ReportRow[];
  /** Rows too inaccurate for the axis, marked at its end. */
  readonly atEdge: readonly ReportRow[];
  /** Full precision, drawn as horizontal lines, as its cost is beyond the axis. */
  readonly fullPrecision: readonly ReportRow[];
  readonly costOf: (row: ReportRow) => Spread;
  readonly costOfReference: (reference: PlacedReference) => number;
  /** Convert a percentage of the bit operations of the row's network to a cost on the axis. */
  readonly costAt: (row: ReportRow, relativeBopsPercent: number) => number;
  /** Position of an accuracy on the y axis, in the axis's unit. */
  readonly heightOf: (accuracyPercent: number) => number;
}

export function tradeOffAxes(
  { rows: all, references, isOneSize }: ReportGroup,
  { y: of = 'accuracy', xLimits, yLimits }: FigureOptions = {},
): TradeOffAxes {
  const costOf = ({ relativeBopsPercent, gbops }: ReportRow) =>
    isOneSize ? relativeBopsPercent : inBops(gbops);
  const costOfReference = ({ relativeBopsPercent, gbops }: PlacedReference) =>
    isOneSize ? relativeBopsPercent : 1e9 * gbops;
  const quantized = all.filter((row) => !isFullPrecision(row));
  const compared = quantized.length > 0 ? quantized : all;
  const costAt = (row: ReportRow, percent: number) =>
    isOneSize ? percent : 1e9 * gbopsAt(row, percent);
  const curves = upperCurves(all);
  const costs = [
    ...compared.flatMap((row) => [costOf(row).mean, ...costOf(row).values]),
    ...references.map(costOfReference),
    ...curves.map(({ row, relativeBopsPercent }) => costAt(row, relativeBopsPercent)),
  ];
  const x = within(costAxis(costs), xLimits);
  const costly = compared.filter(
    (row) => isOn(x, costOf(row).mean) && (!x.isLog || costOf(row).mean > 0),
  );
  const heightOf = (accuracy: number) => (of === 'error' ? 100 - accuracy : accuracy);
  const fullPrecision = all.filter((row) => !compared.includes(row));
  const range = accuracyRange(costly, [
    ...references.map(({ accuracyPercent }) => accuracyPercent),
    ...fullPrecision.map(({ accuracyPercent }) => accuracyPercent.mean),
    ...curves.map(({ testAccuracyPercent }) => testAccuracyPercent),
  ]);
  const y =
    of === 'error'
      ? within(logAxis(range.all.map(heightOf)), yLimits)
      : within(linearAxis(range.shown, 0, 100), yLimits);
  const isPlaced = ({ accuracyPercent: { mean } }: ReportRow) => isOn(y, heightOf(mean));
  const title = isOneSize ? 'Relative bit operations (%)' : 'Bit operations for one image';
  return {
    ...{ x, y, costOf, costOfReference, costAt, heightOf, fullPrecision },
    rows: costly.filter(isPlaced),
    atEdge: costly.filter((row) => !isPlaced(row)),
    xTitle: `${title}${x.isLog ? ', logarithmic' : ''}`,
    yTitle: of === 'error' ? 'Test error (%), logarithmic' : 'Test accuracy (%)',
    // Without a format, linear ticks all have the same number of decimal places.
    xLabels: isOneSize ? (x.isLog ? { format: '~g' } : {}) : { labelExpr: prefixed },
  };
}

/** Networks of the sensitivity baselines, without those far below the other points. */
function upperCurves(rows: readonly ReportRow[]) {
  const all = rows.flatMap((row) =>
    row.runs.flatMap(({ sensitivity }) => sensitivity.map((network) => ({ row, ...network }))),
  );
  const fence = lowerFence([
    ...rows.map(({ accuracyPercent }) => accuracyPercent.mean),
    ...all.map(({ testAccuracyPercent }) => testAccuracyPercent),
  ]);
  return all.filter(({ testAccuracyPercent }) => testAccuracyPercent >= fence);
}

/** `5 M`, as `compact` formats it. */
const prefixed = "replace(format(datum.value, '~s'), regexp('([a-zA-Z])$'), ' $1')";

function within(axis: NumberAxis, limits: readonly [number, number] | undefined): NumberAxis {
  if (limits === undefined) return axis;
  // A logarithmic axis has no 0.
  const least = axis.isLog && limits[0] <= 0 ? axis.domain[0] : limits[0];
  const domain = [least, limits[1]] as const;
  return axis.isLog ? logAxis(domain, 0) : { ...axis, domain };
}

export function isOn({ domain: [least, most] }: NumberAxis, value: number): boolean {
  return value >= least && value <= most;
}

function inBops({ mean, standardError, halfInterval, plusMinus, values }: Spread): Spread {
  const scaled = (gbops: number | undefined) => (gbops === undefined ? undefined : 1e9 * gbops);
  return {
    mean: 1e9 * mean,
    standardError: scaled(standardError),
    halfInterval: scaled(halfInterval),
    plusMinus: scaled(plusMinus),
    values: values.map((value) => 1e9 * value),
  };
}

/** Explain the marks, and name the rows without one. */
export function tradeOffCaption(group: ReportGroup, options: FigureOptions = {}): string {
  const { rows } = group;
  const isCurve = rows.some(({ runs }) => runs.some(({ sensitivity }) => sensitivity.length > 0));
  const isSpread = rows.some(({ seeds }) => seeds.length > 1);
  const isOneMethod = new Set(rows.map(({ method }) => method)).size === 1;
  const areStrengths = isOneMethod && rows.every(({ point }) => point.by === 'mu');
  const { rows: placed, atEdge, fullPrecision } = tradeOffAxes(group, options);
  const absent = rows.filter((row) => ![...placed, ...atEdge, ...fullPrecision].includes(row));
  return [
    isSpread ? 'Marks are means over seeds, small dots the seeds' : 'A mark for each row',
    'filled marks and lines: each method’s Pareto front',
    ...(fullPrecision.length > 0 ? ['dotted: full precision'] : []),
    ...(isCurve ? ['dashed: sensitivity baseline'] : []),
    ...(areStrengths && atEdge.length === 0 ? ['numbers beside marks: mu'] : []),
    ...(atEdge.length > 0
      ? [
          `beyond the axis: ${atEdge
            .map((row) => `${rowName(row)} (${formatAccuracy(row.accuracyPercent.mean)} %)`)
            .join(', ')}`,
        ]
      : []),
    ...(absent.length > 0
      ? [`without a mark: ${absent.map((row) => whyAbsent(row)).join(', ')}`]
      : []),
  ].join('; ');
}

function whyAbsent(row: ReportRow): string {
  return row.gbops.mean === 0
    ? `0 bit operations at ${rowName(row)}`
    : `beyond the axis at ${rowName(row)}`;
}
