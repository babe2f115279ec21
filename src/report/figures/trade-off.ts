import type { Config, TopLevelSpec } from 'vega-lite';
import type { ReportGroup } from '../report.js';
import type { NumberAxis } from './axis.js';
import { describeReference, describeRow } from './describe-row.js';
import { figureStyles, type FigureOptions, type FigureStyle } from './figure-style.js';
import { textWidth } from './text-width.js';
import { colors } from './theme.js';
import {
  acrossLines,
  frontLines,
  seedDots,
  sensitivityCurves,
  type Layer,
} from './trade-off-lines.js';
import type { ReportRow } from '../rows.js';
import { isOn, tradeOffAxes, type TradeOffAxes } from './trade-off-axes.js';
import { labelSize, tradeOffLabels } from './trade-off-labels.js';
import { legendLayout, seriesOf } from './trade-off-series.js';

/** A picture made of layers. */
type Layered = Extract<TopLevelSpec, { layer: unknown }>;

/**
 * Accuracy or error against bit operations: for each method a color, a mark, a line through its Pareto front
 * and small dots for seeds; published results; a horizontal line for full precision.
 *
 * @param linkOf target of a row's mark; undefined: none, as on paper
 */
export function tradeOffFigure(
  group: ReportGroup,
  style: FigureStyle = figureStyles.wide,
  options: FigureOptions = {},
  linkOf?: (row: ReportRow) => string,
): Layered {
  const { references, rows: all } = group;
  const axes = tradeOffAxes(group, options);
  const { x, y, rows, costOf, costOfReference, heightOf } = axes;
  const series = seriesOf(group);
  const { fontSize, plotHeight: height } = style;
  const width = plotWidth(style, axes);
  const points = rows.map((row) => ({
    x: costOf(row).mean,
    y: heightOf(row.accuracyPercent.mean),
    method: series.nameOf(row),
    value: row.point.value,
    isOnFront: row.isOnOwnFront,
    label: describeRow(row),
    link: linkOf?.(row),
  }));
  const published = references
    .map((reference) => ({
      x: costOfReference(reference),
      y: heightOf(reference.accuracyPercent),
      method: series.nameOfReference(reference),
      value: '',
      label: describeReference(reference),
    }))
    .filter((point) => isOn(x, point.x) && isOn(y, point.y));
  const fronts = frontLines(points);
  const dots = seedDots(axes, series.nameOf);
  const curves = sensitivityCurves(all, axes);
  const labels = tradeOffLabels(
    { width, height, x, y },
    {
      points,
      published,
      seeds: dots,
      lines: [...fronts, ...curves.map(({ x, y, run }) => ({ x, y, method: run }))],
      across: axes.fullPrecision.map((row) => ({
        y: heightOf(row.accuracyPercent.mean),
        text: row.method,
      })),
      atEdge: axes.atEdge.map((row) => ({
        x: costOf(row).mean,
        y: edgeOf(axes, options),
        text: row.accuracyPercent.mean.toFixed(1),
      })),
    },
    style,
  );
  const position = {
    x: { field: 'x', ...scaled(x, axes.xTitle, axes.xLabels, 6) },
    y: { field: 'y', ...scaled(y, axes.yTitle, y.isLog ? { format: '~g' } : {}, 5) },
  };
  const room = { picture: style.width - 1.5 * fontSize, plot: width };
  const { columns, anchor } = legendLayout(series.names, room, fontSize);
  const legendLook = {
    title: null,
    orient: 'bottom' as const,
    columns,
    symbolOpacity: 1,
    symbolSize: style.markArea,
    symbolStrokeWidth: style.lineWidth,
    columnPadding: 0.75 * fontSize,
    rowPadding: fontSize / 4,
    offset: fontSize / 2,
  };
  const legend = series.names.length > 1 ? legendLook : null;
  const look = {
    color: { field: 'method', type: 'nominal' as const, scale: series.colors, legend },
    shape: { field: 'method', type: 'nominal' as const, scale: series.shapes, legend },
  };
  const mark = {
    type: 'point' as const,
    size: style.markArea,
    strokeWidth: style.lineWidth,
    opacity: 1,
  };
  const toRuns = linkOf ? { href: { field: 'link' } } : {};
  const thin = { type: 'line' as const, strokeWidth: style.lineWidth, aria: false, clip: true };
  return {
    width,
    height,
    config: withLegendAt(anchor),
    layer: [
      ...acrossLines(axes, style, position.y),
      {
        data: { values: curves },
        mark: { ...thin, color: colors.gray, strokeDash: [4, 3] },
        encoding: {
          ...position,
          detail: { field: 'run', type: 'nominal' },
          order: { field: 'step', type: 'quantitative' },
        },
      },
      {
        data: { values: dots },
        mark: { type: 'circle', size: style.seedArea, opacity: 0.5, aria: false, clip: true },
        encoding: { ...position, color: look.color },
      },
      { data: { values: fronts }, mark: thin, encoding: { ...position, color: look.color } },
      ...[false, true].map((isOnFront): Layer => ({
        data: { values: points.filter((point) => point.isOnFront === isOnFront) },
        mark: { ...mark, ...(isOnFront ? { filled: true } : { fill: '#ffffff' }) },
        encoding: { ...position, ...look, ...toRuns, description: { field: 'label' } },
      })),
      {
        data: {
          values: axes.atEdge.map((row) => ({
            x: costOf(row).mean,
            y: edgeOf(axes, options),
            method: series.nameOf(row),
            label: describeRow(row),
            link: linkOf?.(row),
          })),
        },
        mark: { ...mark, fill: '#ffffff' },
        encoding: { ...position, ...look, ...toRuns, description: { field: 'label' } },
      },
      {
        data: { values: published },
        mark: { ...mark, filled: true, size: 1.4 * style.markArea },
        encoding: { ...position, ...look, description: { field: 'label' } },
      },
      {
        data: { values: labels },
        mark: {
          type: 'text',
          fontSize: labelSize(fontSize),
          align: 'center',
          baseline: 'middle',
          color: '#333333',
          aria: false,
        },
        encoding: {
          x: { field: 'x', type: 'quantitative', scale: null },
          y: { field: 'y', type: 'quantitative', scale: null },
          text: { field: 'text' },
        },
      },
    ],
  };
}

/** Set the bottom legend's anchor, an option that Vega has but Vega-Lite's types lack. */
function withLegendAt(anchor: 'middle' | 'end'): Config {
  return { legend: { layout: { bottom: { anchor } } } as object };
}

/** Width between the axes, given the space that the drawing library needs for the y axis and its title. */
function plotWidth({ width, fontSize }: FigureStyle, { y }: TradeOffAxes): number {
  const step = (y.domain[1] - y.domain[0]) / 5;
  const places = Math.max(1, Math.ceil(-Math.log10(step)));
  const labels = y.ticks ? y.ticks.map(String) : y.domain.map((end) => end.toFixed(places));
  const widest = Math.max(...labels.map((label) => textWidth(label, fontSize)));
  return Math.floor(width - widest - 4 * fontSize);
}

function scaled(axis: NumberAxis, title: string, labels: TradeOffAxes['xLabels'], count: number) {
  return {
    type: 'quantitative' as const,
    title,
    scale: {
      type: axis.isLog ? ('log' as const) : ('linear' as const),
      domain: [...axis.domain],
      nice: false,
    },
    axis: {
      ...(axis.ticks ? { values: [...axis.ticks] } : { tickCount: count }),
      ...labels,
      labelOverlap: 'greedy' as const,
      labelFlush: true,
    },
  };
}

/** The end of the y axis at which rows too inaccurate for it are marked. */
function edgeOf({ y: { domain } }: TradeOffAxes, { y }: FigureOptions): number {
  return y === 'error' ? domain[1] : domain[0];
}
