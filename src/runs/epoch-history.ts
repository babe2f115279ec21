import { join } from 'node:path';
import type { GateDistribution } from '../bayesian-bits/gate-distribution.js';
import { lastLine, type JsonFile } from '../files/json-file.js';
import { readBounded } from '../files/read-bounded.js';
import { meanProbabilityOpen } from '../inspection/open-gates.js';
import type { TestTimeQuantizer } from '../setup/network-cost.js';
import {
  epochAt,
  epochsOf,
  type CompactEpoch,
  type CompactQuantizer,
} from './compact/metrics-columns.js';
import { compactMetricsFile, mostStates, statesIn } from './folder/compact-metrics-file.js';
import { metricsFile, type EpochMetrics, type QuantizerMetrics } from './folder/metrics-file.js';

/** The part of an epoch's metrics that reports need: all metrics of long runs would not fit in memory. */
export interface EpochSummary extends Pick<
  EpochMetrics,
  'epoch' | 'testAccuracyPercent' | 'relativeBopsPercent'
> {
  readonly gates: readonly QuantizerGates[];
}

/** Probability in percent that a quantizer's gates are open in a training step. */
export interface QuantizerGates {
  /** The quantizer's site, `conv1/weight`. */
  readonly name: string;
  /** By bit width; for 2 bits the mean over the channels, if they have gates. */
  readonly openPercent: Readonly<Record<string, number>>;
}

export interface EpochHistory {
  readonly epochs: readonly EpochSummary[];
  /** Figures of the last epoch. */
  readonly last: Omit<EpochMetrics, 'quantizers'> | undefined;
  /** By site, after the last epoch. */
  readonly quantizers: ReadonlyMap<string, TestTimeQuantizer>;
  readonly problems: readonly string[];
}

/**
 * Read a run's `metrics.jsonl` or its compact form. Damaged lines are omitted and reported.
 *
 * @param distribution distribution of the run's gates
 * @throws UserError if it cannot be read
 */
export async function readEpochs(
  folder: string,
  distribution: GateDistribution,
): Promise<EpochHistory> {
  const problems: string[] = [];
  const lines = await readLines(folder, metricsFile, problems);
  if (lines === undefined) return readCompactEpochs(folder);
  const epochs: EpochSummary[] = [];
  let last: EpochMetrics | undefined;
  for (const line of lines) {
    epochs.push(epochSummary(line, distribution));
    last = line;
  }
  const quantizers = (last?.quantizers ?? []).map(
    (quantizer) => [quantizer.name, testTimeQuantizer(quantizer, distribution)] as const,
  );
  return { epochs, last, quantizers: new Map(quantizers), problems };
}

async function readCompactEpochs(folder: string): Promise<EpochHistory> {
  const problems: string[] = [];
  const lines = (await readLines(folder, compactMetricsFile, problems)) ?? [];
  const epochs: EpochSummary[] = [];
  let last: CompactEpoch | undefined;
  let states = 0;
  for (const columns of lines) {
    states += statesIn(columns);
    if (states > mostStates) {
      const path = join(folder, compactMetricsFile.name);
      problems.push(
        `${path}: expected at most ${mostStates} epochs x quantizers; the rest is left out`,
      );
      break;
    }
    for (const epoch of epochsOf(columns)) {
      epochs.push(compactSummary(epoch));
      last = epoch;
    }
  }
  const quantizers = (last?.quantizers ?? []).map(
    (quantizer) => [quantizer.name, testTimeOfCompact(quantizer)] as const,
  );
  return { epochs, last, quantizers: new Map(quantizers), problems };
}

/** Read only the last epoch's figures; undefined if there is none or it cannot be read. */
export async function readLastEpoch(folder: string): Promise<EpochHistory['last']> {
  const last = await lastLine(folder, metricsFile);
  if (last) return last;
  const columns = await lastLine(folder, compactMetricsFile);
  return columns && epochAt(columns, columns.epoch.length - 1);
}

/**
 * Decode the lines of a folder's file one by one; damaged ones are reported in `problems` by number.
 *
 * @returns undefined if the file does not exist
 * @throws UserError if it cannot be read
 */
export async function readLines<T>(
  folder: string,
  file: JsonFile<T>,
  problems: string[],
): Promise<Iterable<T> | undefined> {
  const path = join(folder, file.name);
  const bytes = await readBounded(path, file.mostBytes);
  return bytes && decodedLines(path, file, bytes, problems);
}

function* decodedLines<T>(
  path: string,
  file: JsonFile<T>,
  bytes: Buffer,
  problems: string[],
): Generator<T> {
  for (const { text, number, isWhole } of linesOf(bytes)) {
    const { success, data } = file.decode(text);
    if (success) yield data;
    else {
      const what = isWhole ? `line ${number} is damaged` : 'its last line is cut off';
      problems.push(`${path}: ${what}, and left out`);
    }
  }
}

/** One line at a time: the whole text might exceed the maximum length of a string. */
function* linesOf(
  bytes: Buffer,
): Generator<{ readonly text: string; readonly number: number; readonly isWhole: boolean }> {
  const newline = 10;
  let number = 1;
  for (let start = 0; start < bytes.length; number++) {
    const end = bytes.indexOf(newline, start);
    const isWhole = end >= 0;
    const stop = isWhole ? end : bytes.length;
    yield { text: bytes.toString('utf8', start, stop), number, isWhole };
    start = stop + 1;
  }
}

function epochSummary(
  { quantizers, ...metrics }: EpochMetrics,
  distribution: GateDistribution,
): EpochSummary {
  const { epoch, testAccuracyPercent, relativeBopsPercent } = metrics;
  const gates = quantizers.map(({ name, phi }) => ({
    name,
    openPercent: openPercent(phi, distribution),
  }));
  return { epoch, testAccuracyPercent, relativeBopsPercent, gates };
}

function compactSummary({ quantizers, ...metrics }: CompactEpoch): EpochSummary {
  const { epoch, testAccuracyPercent, relativeBopsPercent } = metrics;
  const gates = quantizers.map(({ name, openPercent }) => ({ name, openPercent }));
  return { epoch, testAccuracyPercent, relativeBopsPercent, gates };
}

/** Probability in percent that gates are open in a training step, by bit width; for channels the mean. */
export function openPercent(
  phi: QuantizerMetrics['phi'],
  distribution: GateDistribution,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(phi).flatMap(([bits, value]) => {
      const open = meanProbabilityOpen(distribution, typeof value === 'number' ? [value] : value);
      return open === undefined ? [] : [[bits, 100 * open]];
    }),
  );
}

/** The test-time state of a quantizer after an epoch. */
export function testTimeQuantizer(
  { bits, beta, phi }: QuantizerMetrics,
  distribution: GateDistribution,
): TestTimeQuantizer {
  const channels = typeof phi['2'] === 'object' ? phi['2'] : [];
  const keptChannels = channels.map((value) => distribution.testGate(value) === 1);
  return { bits, rounded: beta !== null, keptChannels };
}

function testTimeOfCompact({ bits, beta, channels }: CompactQuantizer): TestTimeQuantizer {
  const keptChannels = new Array<boolean>(channels?.count ?? 0).fill(true);
  for (const channel of channels?.dropped ?? []) keptChannels[channel] = false;
  return { bits, rounded: beta !== null, keptChannels };
}
