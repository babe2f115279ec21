import type { TopLevelSpec } from 'vega-lite';
import type { ReportGroup } from '../report.js';
import { clampTo, type NumberAxis } from './axis.js';
import { describeReference, describeRow } from './describe-row.js';
import { colours, seriesColours, seriesShapes } from './theme.js';
import { ends, tradeOffAxes, tradeOffCaption, type TradeOffAxes } from './trade-off-axes.js';
import { labelSize, tradeOffLabels } from './trade-off-labels.js';

/** A picture of layers one on the other, that others can stand beside. */
type Layered = Extract<TopLevelSpec, { layer: unknown }>;

const width = 620;
const height = 380;

/** The trade-offs of several groups, one below the other. */
export function tradeOffFigures(groups: readonly ReportGroup[]): TopLevelSpec {
  return {
    vconcat: groups.map((group) => tradeOffFigure(group, group.title)),
    spacing: 30,
    resolve: { scale: { color: 'independent', shape: 'independent' } },
  };
}

/**
 * Accuracy against bit operations: a point for each row with bars of its standard errors, the Pareto
 * front as a step line, published results, and mu beside the points.
 */
export function tradeOffFigure(group: ReportGroup, title?: string): Layered {
  const { references } = group;
  const axes = tradeOffAxes(group);
  const { x, y, rows, costOf, costOfReference } = axes;
  const points = rows.map((row) => {
    const [left, right] = ends(costOf(row)).map((end) => clampTo(x, end));
    const [bottom, top] = ends(row.accuracyPercent).map((end) => clampTo(y, end));
    return {
      x: clampTo(x, costOf(row).mean),
      y: row.accuracyPercent.mean,
      ...{ left, right, bottom, top },
      method: row.method,
      mu: String(row.mu),
      isOnFront: row.isOnFront,
      label: describeRow(row),
    };
  });
  const published = references.map((reference) => ({
    x: clampTo(x, costOfReference(reference)),
    y: reference.accuracyPercent,
    method: reference.method,
    label: describeReference(reference),
  }));
  const curves = sensitivityCurves(axes);
  const front = points.filter(({ isOnFront }) => isOnFront).sort((a, b) => a.x - b.x || a.y - b.y);
  const methods = [...new Set(rows.map(({ method }) => method))];
  const scaled = (axis: NumberAxis, title: string, labels: TradeOffAxes['xLabels']) => ({
    type: 'quantitative' as const,
    title,
    scale: {
      type: axis.isLog ? ('log' as const) : ('linear' as const),
      domain: [...axis.domain],
      nice: false,
    },
    axis: {
      ...(axis.ticks ? { values: [...axis.ticks] } : { tickCount: 6 }),
      ...labels,
      labelOverlap: 'greedy' as const,
    },
  });
  const position = {
    x: { field: 'x', ...scaled(x, axes.xTitle, axes.xLabels) },
    y: { field: 'y', ...scaled(y, 'Test accuracy (%)', {}) },
  };
  const bar = { type: 'rule' as const, strokeWidth: 1.2, opacity: 0.75, aria: false };
  const series = {
    color: {
      field: 'method',
      type: 'nominal' as const,
      scale: { domain: methods, range: methods.map((_, i) => cycle(seriesColours, i)) },
      legend: methods.length > 1 ? legend : null,
    },
    shape: {
      field: 'method',
      type: 'nominal' as const,
      scale: { domain: methods, range: methods.map((_, i) => cycle(seriesShapes, i)) },
      legend: methods.length > 1 ? legend : null,
    },
  };
  return {
    ...(title === undefined
      ? {}
      : { title: { text: title, subtitle: tradeOffCaption(group), subtitlePadding: 4 } }),
    width,
    height,
    layer: [
      {
        data: { values: front },
        mark: {
          type: 'line',
          interpolate: 'step-after',
          color: colours.grey,
          strokeWidth: 1.2,
          aria: false,
        },
        encoding: position,
      },
      {
        data: { values: curves.filter(({ x: at, y: value }) => isOn(x, at) && isOn(y, value)) },
        mark: {
          type: 'line',
          color: colours.grey,
          strokeWidth: 1.2,
          strokeDash: [4, 3],
          aria: false,
        },
        encoding: {
          ...position,
          detail: { field: 'run', type: 'nominal' },
          order: { field: 'step', type: 'quantitative' },
        },
      },
      {
        data: { values: points.filter(({ left, right }) => left !== right) },
        mark: bar,
        encoding: {
          x: { ...position.x, field: 'left' },
          x2: { field: 'right' },
          y: position.y,
          color: series.color,
        },
      },
      {
        data: { values: points.filter(({ bottom, top }) => bottom !== top) },
        mark: bar,
        encoding: {
          x: position.x,
          y: { ...position.y, field: 'bottom' },
          y2: { field: 'top' },
          color: series.color,
        },
      },
      ...[true, false].map((isOnFront) => ({
        data: { values: points.filter((point) => point.isOnFront === isOnFront) },
        mark: {
          type: 'point' as const,
          size: 70,
          strokeWidth: 1.8,
          opacity: 1,
          ...(isOnFront ? { filled: true } : { fill: '#ffffff' }),
        },
        encoding: { ...position, ...series, description: { field: 'label' } },
      })),
      {
        data: { values: published },
        mark: {
          type: 'point',
          shape: 'diamond',
          size: 80,
          filled: true,
          color: colours.vermillion,
          opacity: 1,
        },
        encoding: { ...position, description: { field: 'label' } },
      },
      {
        data: { values: tradeOffLabels({ width, height, x, y }, points, published, front) },
        mark: {
          type: 'text',
          fontSize: labelSize,
          align: 'center',
          baseline: 'middle',
          aria: false,
        },
        encoding: {
          x: { field: 'x', type: 'quantitative', scale: null },
          y: { field: 'y', type: 'quantitative', scale: null },
          text: { field: 'text' },
          color: {
            condition: { test: 'datum.isPublished', value: colours.vermillion },
            value: '#333333',
          },
        },
      },
    ],
  };
}

const legend = { title: null, orient: 'bottom' as const, columns: 2, symbolOpacity: 1 };

function cycle<T>(values: readonly T[], index: number): T {
  return values[index % values.length] as T;
}

/** The networks of the sensitivity baselines that start from the rows' runs. */
function sensitivityCurves({ rows, costAt }: TradeOffAxes) {
  return rows.flatMap((row) =>
    row.runs.flatMap(({ folder, sensitivity }) =>
      sensitivity.map(({ relativeBopsPercent, testAccuracyPercent }, step) => ({
        x: costAt(row, relativeBopsPercent),
        y: testAccuracyPercent,
        run: folder,
        step,
      })),
    ),
  );
}

function isOn({ domain: [least, most] }: NumberAxis, value: number): boolean {
  return value >= least && value <= most;
}
