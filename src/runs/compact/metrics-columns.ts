import type {
  KeptChannels,
  MetricsColumns,
  QuantizerColumns,
} from '../folder/compact-metrics-file.js';
import { epochFigures } from '../folder/figures.js';
import type { EpochMetrics, QuantizerMetrics } from '../folder/metrics-file.js';

/** An epoch's metrics without each gate's phi: see `compactEpoch`. */
export interface CompactEpoch extends Omit<EpochMetrics, 'quantizers'> {
  readonly quantizers: readonly CompactQuantizer[];
}

export interface CompactQuantizer extends Omit<QuantizerMetrics, 'phi'> {
  /** Probability that a gate is open, by bit width; for 2 bits the mean over gated channels. */
  readonly openPercent: Readonly<Record<string, number>>;
  /** The kept channels, if they have gates; after decoding, only the last epoch of a line has them. */
  readonly channels?: KeptChannels;
}

type FigureKey = keyof typeof epochFigures;
const figureKeys = Object.keys(epochFigures) as FigureKey[];

/** Turn epochs into columns, one line per sequence of epochs with the same gates and figures. */
export function columnsOf(epochs: readonly CompactEpoch[]): MetricsColumns[] {
  return stretches(epochs).map((stretch) => ({
    format: 1,
    epoch: stretch.map(({ epoch }) => epoch),
    ...figureColumns(stretch),
    quantizers: stretch[0].quantizers.map((quantizer, at) =>
      quantizerColumns(
        quantizer,
        stretch.map(({ quantizers }) => quantizers[at] ?? quantizer),
      ),
    ),
  }));
}

type Stretch = [CompactEpoch, ...CompactEpoch[]];

function stretches(epochs: readonly CompactEpoch[]): Stretch[] {
  const found: Stretch[] = [];
  for (const epoch of epochs) {
    const current = found.at(-1);
    if (current && formOf(current[0]) === formOf(epoch)) current.push(epoch);
    else found.push([epoch]);
  }
  return found;
}

/** The keys of an epoch: epochs with equal keys can share columns. */
function formOf(epoch: CompactEpoch): string {
  const gates = epoch.quantizers.map(({ name, keptChannels, openPercent }) => [
    ...[name, keptChannels !== undefined],
    ...Object.keys(openPercent),
  ]);
  return JSON.stringify([figureKeys.filter((key) => key in epoch), gates]);
}

function figureColumns(epochs: Stretch): Pick<MetricsColumns, FigureKey> {
  const keys = figureKeys.filter((key) => key in epochs[0]);
  const columns = keys.map((key) => [key, epochs.map((epoch) => epoch[key])]);
  return Object.fromEntries(columns) as Pick<MetricsColumns, FigureKey>;
}

function quantizerColumns(
  { name, keptChannels, openPercent }: CompactQuantizer,
  epochs: readonly CompactQuantizer[],
): QuantizerColumns {
  const channels = epochs.at(-1)?.channels;
  return {
    name,
    bits: column(epochs.map(({ bits }) => bits)),
    ...(keptChannels === undefined
      ? {}
      : { keptChannels: column(epochs.map((each) => each.keptChannels ?? 0)) }),
    beta: column(epochs.map(({ beta }) => beta)),
    openPercent: mapValues(openPercent, (_open, width) =>
      column(epochs.map((each) => each.openPercent[width] ?? 0)),
    ),
    ...(channels === undefined ? {} : { channels }),
  };
}

type Column<T> = T | readonly T[];

function column<T extends number | null>(values: readonly T[]): Column<T> {
  const [first] = values;
  return first !== undefined && new Set(values).size === 1 ? first : values;
}

/** Restore the epochs of a line from its columns, one at a time: together they far exceed the line's size. */
export function* epochsOf(columns: MetricsColumns): Generator<CompactEpoch> {
  for (const at of columns.epoch.keys()) yield epochAt(columns, at);
}

/** Restore one epoch of a line. @param at its index in the columns */
export function epochAt(columns: MetricsColumns, at: number): CompactEpoch {
  return {
    epoch: valueAt(columns.epoch, at),
    ...figuresAt(columns, at),
    quantizers: columns.quantizers.map((quantizer) => {
      const { name, bits, keptChannels, beta, openPercent, channels } = quantizer;
      return {
        name,
        bits: valueAt(bits, at),
        ...(keptChannels === undefined ? {} : { keptChannels: valueAt(keptChannels, at) }),
        beta: valueAt(beta, at),
        openPercent: mapValues(openPercent, (open) => valueAt(open, at)),
        ...(at === columns.epoch.length - 1 && channels !== undefined ? { channels } : {}),
      };
    }),
  };
}

function figuresAt(columns: MetricsColumns, at: number): Pick<CompactEpoch, FigureKey> {
  const keys = figureKeys.filter((key) => key in columns);
  const figures = keys.map((key) => [key, columns[key]?.[at]]);
  return Object.fromEntries(figures) as Pick<CompactEpoch, FigureKey>;
}

/** The schema ensures that columns are long enough. */
function valueAt<T extends number | null>(values: Column<T>, at: number): T {
  return typeof values === 'object' && values !== null ? (values[at] as T) : values;
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
