import type { TopLevelSpec } from 'vega-lite';
import { wholePercent } from '../../text/figures.js';
import type { EpochSummary } from '../../runs/epoch-history.js';

const width = 130;
/** Of a quantizer's line, in pixels. */
const lineHeight = 14;
const smallestLineHeight = 7;
const highest = 700;
/** Colours are told apart no finer; epochs in a row with one colour are one rectangle. */
const levels = 10;

/** A quantizer's gate over epochs that hardly differ. */
interface Span {
  readonly quantizer: string;
  readonly gate: string;
  readonly from: number;
  readonly to: number;
  readonly percent: number;
  readonly label: string;
}

/**
 * How likely each gate of a run was to be open, after each epoch: a part for each bit width, a line
 * for each quantizer in the network's order.
 */
export function gatesFigure(epochs: readonly EpochSummary[]): TopLevelSpec | undefined {
  const names = epochs.at(-1)?.gates.map(({ name }) => name) ?? [];
  const spans = names.flatMap((name) => gatesOf(epochs, name));
  if (spans.length === 0) return undefined;
  const widths = new Set(names.flatMap((name) => widthsOf(epochs, name)));
  const gates = [...widths].sort((a, b) => a - b).map(gateName);
  const step = Math.max(smallestLineHeight, Math.min(lineHeight, highest / names.length));
  return {
    data: { values: spans },
    facet: {
      column: {
        field: 'gate',
        type: 'nominal',
        sort: gates,
        title: null,
        header: { labelPadding: 4 },
      },
    },
    spacing: 10,
    spec: {
      width,
      height: { step },
      mark: { type: 'rect' },
      encoding: {
        x: {
          field: 'from',
          type: 'quantitative',
          title: 'Epoch',
          scale: { domain: [(epochs[0]?.epoch ?? 1) - 1, epochs.at(-1)?.epoch ?? 1], nice: false },
          axis: { tickCount: 3, tickMinStep: 1, format: 'd', grid: false },
        },
        x2: { field: 'to' },
        y: {
          field: 'quantizer',
          type: 'nominal',
          sort: names,
          title: null,
          axis: { labelLimit: 220, labelFontSize: Math.min(11, step + 1), ticks: false },
        },
        color: {
          field: 'percent',
          type: 'quantitative',
          scale: { domain: [0, 100], scheme: 'blues' },
          legend: { title: 'Open (%)', gradientLength: 80, values: [0, 50, 100] },
        },
        description: { field: 'label' },
      },
    },
  };
}

function gatesOf(epochs: readonly EpochSummary[], name: string): Span[] {
  const history = epochs.map(({ epoch, gates }) => ({
    epoch,
    open: gates.find((gate) => gate.name === name)?.openPercent ?? {},
  }));
  return widthsOf(epochs, name).flatMap((bits) => {
    const gate = gateName(bits);
    const spans: { from: number; to: number; first: number; last: number }[] = [];
    for (const { epoch, open } of history) {
      const value = open[bits];
      if (value === undefined) continue;
      const span = spans.at(-1);
      if (span && levelOf(span.first) === levelOf(value)) {
        span.to = epoch;
        span.last = value;
      } else spans.push({ from: epoch - 1, to: epoch, first: value, last: value });
    }
    return spans.map(({ from, to, first, last }) => ({
      ...{ quantizer: name, gate, from, to },
      percent: (100 / levels) * levelOf(first),
      label: describe(name, gate, from + 1, to, first, last),
    }));
  });
}

function levelOf(percent: number): number {
  return Math.round((percent / 100) * levels);
}

function describe(
  name: string,
  gate: string,
  firstEpoch: number,
  lastEpoch: number,
  first: number,
  last: number,
): string {
  const when =
    firstEpoch === lastEpoch ? `epoch ${firstEpoch}` : `epochs ${firstEpoch} to ${lastEpoch}`;
  const [from, to] = [wholePercent(first), wholePercent(last)];
  return `${name}, ${gate}\n${when}: open ${from === to ? from : `${from} to ${to}`} %`;
}

/** The bit widths that a quantizer has gates of; 2: its channels'. */
function widthsOf(epochs: readonly EpochSummary[], name: string): number[] {
  const last = epochs.at(-1)?.gates.find((gate) => gate.name === name);
  return Object.keys(last?.openPercent ?? {}).map(Number);
}

function gateName(width: number): string {
  return width === 2 ? 'channels' : `${width} bits`;
}
