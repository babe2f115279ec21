import type { TopLevelSpec } from 'vega-lite';
import { formatTradeOff } from '../format.js';
import type { ReportGroup } from '../report.js';
import type { ReportRow } from '../rows.js';
import type { FinishedRunSummary } from '../../runs/run-summary.js';
import type { EpochSummary } from '../../runs/epoch-history.js';
import { costAxis, logAxis, type NumberAxis } from './axis.js';
import { describeRow } from './describe-row.js';
import { runName } from './layers.js';

const width = 370;
const height = 240;
const patterns = [
  [],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [14, 3],
  [1, 4],
  [6, 2, 1, 2, 1, 2],
  [4, 6],
  [12, 2, 4, 2],
  [2, 7],
];

/** Accuracy and relative bit operations of all runs over their epochs. */
export function epochsFigure({ rows }: ReportGroup): TopLevelSpec {
  const bopsAxis = bopsAxisOf(rows);
  const epochAxis = epochAxisOf(rows);
  const values = linesOf(rows)
    .flatMap(({ row, runs, label }, line) =>
      runs.flatMap(({ epochs }) =>
        // Leave a gap in the line between runs.
        [...epochs, undefined].map((each) => ({
          epoch: (each ?? epochs.at(-1))?.epoch ?? 1,
          accuracy: each?.testAccuracyPercent ?? null,
          bops: each && isOn(bopsAxis, each.relativeBopsPercent) ? each.relativeBopsPercent : null,
          mu: row.mu === undefined ? 'none' : String(row.mu),
          method: row.method,
          line,
          label,
        })),
      ),
    )
    .map((value, at) => ({ ...value, at }));
  const mus = [...new Set(rows.flatMap(({ mu }) => mu ?? []))].sort((a, b) => a - b).map(String);
  const methods = [...new Set(rows.map(({ method }) => method))];
  const part = (field: 'accuracy' | 'bops', title: string, scale: object, axis: object) => ({
    width,
    height,
    encoding: {
      x: {
        field: 'epoch',
        type: 'quantitative' as const,
        title: `Epoch${epochAxis ? ', logarithmic' : ''}`,
        scale: epochAxis
          ? { type: 'log' as const, domain: [...epochAxis.domain], nice: false }
          : { zero: false, nice: false },
        axis: {
          ...(epochAxis?.ticks
            ? { values: [...epochAxis.ticks] }
            : { tickMinStep: 1, tickCount: 8 }),
          format: 'd',
          labelFlush: false,
        },
      },
      y: { field, type: 'quantitative' as const, title, scale, axis },
      detail: { field: 'line' },
      order: { field: 'at', type: 'quantitative' as const },
    },
    layer: [
      {
        mark: { type: 'line' as const, strokeWidth: 1.5 },
        encoding: {
          description: { field: 'label' },
          color: {
            field: 'mu',
            type: 'ordinal' as const,
            sort: mus,
            // Without the yellow end, which is invisible on white.
            scale: { domain: mus, scheme: { name: 'viridis' as const, extent: [0, 0.88] } },
            legend: mus.length > 1 ? { ...legend, title: 'mu', columns: 12 } : null,
          },
          strokeDash: {
            field: 'method',
            type: 'nominal' as const,
            scale: {
              domain: methods,
              range: methods.map((_, index) => patterns[index % patterns.length] ?? []),
            },
            legend:
              methods.length > 1 ? { ...legend, title: null, columns: 2, symbolSize: 400 } : null,
          },
        },
      },
    ],
  });
  return {
    data: { values },
    spacing: 30,
    hconcat: [
      part('accuracy', 'Test accuracy (%)', { zero: false }, { tickCount: 6 }),
      part(
        'bops',
        `Relative bit operations (%)${bopsAxis.isLog ? ', logarithmic' : ''}`,
        { type: bopsAxis.isLog ? 'log' : 'linear', domain: [...bopsAxis.domain], nice: false },
        bopsAxis.ticks ? { values: [...bopsAxis.ticks], format: '~g' } : { tickCount: 6 },
      ),
    ],
  };
}

/** More lines could not be told apart: the runs of a row then share a line and its label. */
const mostLines = 300;

interface Line {
  readonly row: ReportRow;
  readonly runs: readonly FinishedRunSummary[];
  /** Tooltip. */
  readonly label: string;
}

function linesOf(rows: ReportGroup['rows']): Line[] {
  const runs = rows.reduce((sum, row) => sum + row.runs.length, 0);
  if (runs > mostLines)
    return rows.map((row) => ({ row, runs: row.runs, label: describeRow(row) }));
  return rows.flatMap((row) =>
    row.runs.map((run) => {
      return {
        row,
        runs: [run],
        label: [runName(row, run), formatTradeOff(run.result)].join('\n'),
      };
    }),
  );
}

function bopsAxisOf(rows: ReportGroup['rows']): NumberAxis {
  return costAxis(epochsOf(rows).map(({ relativeBopsPercent }) => relativeBopsPercent));
}

/** Logarithmic if the longest run would squeeze the shorter ones; undefined: linear. */
function epochAxisOf(rows: ReportGroup['rows']): NumberAxis | undefined {
  const lasts = rows.flatMap(({ runs }) =>
    runs.flatMap(({ epochs }) => epochs.at(-1)?.epoch ?? []),
  );
  const longest = Math.max(...lasts);
  return longest > 10 * Math.min(...lasts) ? logAxis([1, longest], 0) : undefined;
}

function epochsOf(rows: ReportGroup['rows']): EpochSummary[] {
  return rows.flatMap(({ runs }) => runs.flatMap(({ epochs }) => epochs));
}

/** Whether a cost has a place on the axis: 0 has none on a logarithmic one. */
function isOn({ isLog }: NumberAxis, bops: number): boolean {
  return !isLog || bops > 0;
}

/** Explain the lines and their gaps. */
export function epochsCaption({ rows }: ReportGroup): string {
  const axis = bopsAxisOf(rows);
  const isCut = epochsOf(rows).some(({ relativeBopsPercent }) => !isOn(axis, relativeBopsPercent));
  const cut = isCut ? ' A line has a gap where there are 0 bit operations.' : '';
  return `A line for each run. Test accuracy and bit operations are with test-time gates.${cut}`;
}

const legend = { orient: 'bottom' as const };
