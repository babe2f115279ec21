import type { PlacedReference, ReportGroup } from '../report.js';
import { isFullPrecision, type ReportRow } from '../rows.js';
import { textWidth } from './text-width.js';
import { colors, manyColors, seriesColors, seriesShapes } from './theme.js';

/** Methods and published results in a picture, each with its own color and mark. */
export interface TradeOffSeries {
  readonly names: readonly string[];
  readonly nameOf: (row: ReportRow) => string;
  readonly nameOfReference: (reference: PlacedReference) => string;
  readonly colors: Scale;
  readonly shapes: Scale;
}

interface Scale {
  readonly domain: string[];
  readonly range: string[];
}

/** For published results, which share a color. */
const publishedShapes = ['diamond', 'triangle-right', 'triangle-left', 'cross'];

export function seriesOf({ rows, references, shared, networks }: ReportGroup): TradeOffSeries {
  // A single method is named by the first setting that all rows share.
  const nameOf = ({ method }: ReportRow) => (method === '' ? (shared[0] ?? 'runs') : method);
  const nameOfReference = ({ method, network }: PlacedReference) =>
    networks.length === 1 ? `${method}, published` : `${method}, ${network}, published`;
  const own = [...new Set(rows.filter((row) => !isFullPrecision(row)).map(nameOf))];
  const methods = own.length > 0 ? own : [...new Set(rows.map(nameOf))];
  const published = [...new Set(references.map(nameOfReference))];
  const names = [...methods, ...published];
  const scale = (ofMethods: readonly string[], ofPublished: readonly string[]): Scale => ({
    domain: names,
    range: [
      ...methods.map((_, index) => cycle(ofMethods, index)),
      ...published.map((_, index) => cycle(ofPublished, index)),
    ],
  });
  return {
    names,
    nameOf,
    nameOfReference,
    colors: scale(methods.length > seriesColors.length ? manyColors : seriesColors, [
      colors.vermillion,
    ]),
    shapes: scale(seriesShapes, publishedShapes),
  };
}

/**
 * Fit as many columns as the picture has room for, each as wide as its longest name with a mark before it. A
 * legend wider than the plot is aligned with the plot's right edge, a narrower one with its center.
 */
export function legendLayout(
  names: readonly string[],
  { picture, plot }: { readonly picture: number; readonly plot: number },
  fontSize: number,
): { readonly columns: number; readonly anchor: 'middle' | 'end' } {
  const widths = names.map((name) => textWidth(name, fontSize) + 2 * fontSize);
  const widthOf = (columns: number) =>
    Array.from({ length: columns }, (_, column) =>
      Math.max(...widths.filter((_, index) => index % columns === column)),
    ).reduce((sum, each) => sum + each, 0);
  const fitting = names
    .map((_, index) => index + 1)
    .filter((columns) => widthOf(columns) <= picture);
  const columns = Math.max(1, ...fitting);
  return { columns, anchor: widthOf(columns) > plot ? 'end' : 'middle' };
}

function cycle<T>(values: readonly T[], index: number): T {
  return values[index % values.length] as T;
}
