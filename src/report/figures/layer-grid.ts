import type { TopLevelSpec } from 'vega-lite';
import { wholePercent } from '../../text/figures.js';
import type { ReportRow } from '../rows.js';
import { bitColours, textOnBits } from './bit-scale.js';
import { describeLayer, runName, shownLayers, type ShownLayer } from './layers.js';
import { textWidth } from './text-width.js';
import { fontSize } from './theme.js';

/** With more layers the parts stand below one another, and cells are too small for numbers. */
const mostSideBySide = 8;
/** Where there is room. */
const cellWidth = 38;

type Part = 'weightBits' | 'activationBits' | 'keptPercent';

const titles: Readonly<Record<Part, string>> = {
  weightBits: 'Bits of weights',
  activationBits: 'Bits of activations',
  keptPercent: 'Kept channels (%)',
};

/**
 * All runs of a network at once: a line of cells for each run, a column for each layer; bits and kept
 * channels as colours, and as numbers where there is room.
 *
 * @param rows of runs with the same layers
 */
export function layerGrid(rows: readonly ReportRow[]): TopLevelSpec {
  const lines = rows.flatMap((row) =>
    row.runs.map((run) => ({ name: runName(row, run), layers: shownLayers(run) })),
  );
  const most = Math.max(...lines.map(({ layers }) => layers.length));
  const isWide = most > mostSideBySide;
  const names = lines.map(({ name }) => name);
  const parts = (Object.keys(titles) as Part[]).flatMap((part, index) => {
    const isNamed = isWide || index === 0;
    const spec = partSpec(part, lines, names, isWide, isNamed);
    return spec === undefined ? [] : [spec];
  });
  return isWide ? { vconcat: parts, spacing: 16 } : { hconcat: parts, spacing: 16 };
}

interface Line {
  readonly name: string;
  readonly layers: readonly ShownLayer[];
}

/** One of the three; undefined if no layer has it. */
function partSpec(
  part: Part,
  lines: readonly Line[],
  names: readonly string[],
  isWide: boolean,
  isNamed: boolean,
) {
  const cells = lines.flatMap(({ name, layers }) =>
    layers.flatMap((layer) => {
      const value = layer[part];
      if (value === null) return [];
      const label = `${name}\n${describeLayer(layer)}`;
      const text = part === 'keptPercent' ? wholePercent(value) : String(value);
      return [{ run: name, layer: layer.name, value, text, label }];
    }),
  );
  if (cells.length === 0) return undefined;
  const columns = [...new Set(cells.map(({ layer }) => layer))];
  const isShort = columns.every((name) => textWidth(name, fontSize) < cellWidth);
  const color =
    part === 'keptPercent'
      ? {
          field: 'value',
          type: 'quantitative' as const,
          scale: { domain: [0, 100], range: ['#ffffff', isWide ? '#3f3f3f' : '#9e9e9e'] },
          legend: isWide ? { title: null, format: '.0f', gradientLength: 80 } : null,
        }
      : {
          field: 'value',
          type: 'ordinal' as const,
          scale: bitColours,
          legend: isWide ? { title: null, symbolType: 'square' as const } : null,
        };
  return {
    title: { text: titles[part], frame: 'group' as const },
    data: { values: cells },
    width: {
      step: isWide ? Math.max(13, Math.min(24, Math.floor(760 / columns.length))) : cellWidth,
    },
    height: { step: isWide ? 15 : 20 },
    encoding: {
      x: {
        field: 'layer',
        type: 'nominal' as const,
        sort: columns,
        title: null,
        axis: {
          labelAngle: isWide ? -90 : isShort ? 0 : -45,
          labelLimit: 110,
          orient: 'bottom' as const,
        },
      },
      y: {
        field: 'run',
        type: 'nominal' as const,
        sort: [...names],
        title: null,
        axis: isNamed ? { labelLimit: 320 } : null,
      },
    },
    resolve: { scale: { color: 'independent' as const } },
    layer: [
      {
        mark: { type: 'rect' as const, stroke: '#ffffff', strokeWidth: 1 },
        encoding: { color, description: { field: 'label' } },
      },
      ...(isWide
        ? []
        : [
            {
              mark: {
                type: 'text' as const,
                fontSize: 11,
                aria: false,
                color: { expr: part === 'keptPercent' ? "'#222222'" : textOnBits },
              },
              encoding: { text: { field: 'text' } },
            },
          ]),
    ],
  };
}
