import type { TopLevelSpec } from 'vega-lite';
import { groupBy } from '../../text/group-by.js';
import type { ReportRow } from '../rows.js';
import { describeRow } from './describe-row.js';
import type { FigureStyle } from './figure-style.js';
import { colors } from './theme.js';
import { isOn, type TradeOffAxes } from './trade-off-axes.js';

/** Lines and small dots, drawn behind the marks of a trade-off. */

export type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

/** Each method's points on its own front, by increasing cost. */
export function frontLines<P extends { x: number; y: number; method: string; isOnFront: boolean }>(
  points: readonly P[],
): P[] {
  const methods = groupBy(
    points.filter(({ isOnFront }) => isOnFront),
    ({ method }) => method,
  );
  return [...methods.values()].flatMap((own) => own.sort((a, b) => a.x - b.x || a.y - b.y));
}

/** The seeds of rows with more than one. */
export function seedDots(
  { rows, costOf, heightOf, x, y }: TradeOffAxes,
  nameOf: (row: ReportRow) => string,
) {
  return rows
    .filter(({ seeds }) => seeds.length > 1)
    .flatMap((row) =>
      row.accuracyPercent.values.map((accuracy, index) => ({
        x: costOf(row).values[index] ?? NaN,
        y: heightOf(accuracy),
        method: nameOf(row),
      })),
    )
    .filter((dot) => isOn(x, dot.x) && isOn(y, dot.y));
}

/** Horizontal lines for full precision. @param y encoding of the axis */
export function acrossLines(
  { fullPrecision, heightOf, y: axis }: TradeOffAxes,
  { lineWidth }: FigureStyle,
  y: object,
): Layer[] {
  const values = fullPrecision
    .map((row) => ({ y: heightOf(row.accuracyPercent.mean), label: describeRow(row) }))
    .filter((line) => isOn(axis, line.y));
  if (values.length === 0) return [];
  const position = { y: { field: 'y', type: 'quantitative' as const, ...y } };
  return [
    {
      data: { values },
      mark: { type: 'rule', color: colors.gray, strokeWidth: lineWidth, strokeDash: [1, 2] },
      encoding: { ...position, description: { field: 'label' } },
    },
  ];
}

/** Sensitivity baselines that start from the rows' runs. */
export function sensitivityCurves(
  rows: readonly ReportRow[],
  { x, y, costAt, heightOf }: TradeOffAxes,
) {
  return rows
    .flatMap((row) =>
      row.runs.flatMap(({ folder, sensitivity }) =>
        sensitivity.map(({ relativeBopsPercent, testAccuracyPercent }, step) => ({
          x: costAt(row, relativeBopsPercent),
          y: heightOf(testAccuracyPercent),
          run: folder,
          step,
        })),
      ),
    )
    .filter((point) => isOn(x, point.x) && isOn(y, point.y));
}
