import { join } from 'node:path';
import type { GateDistribution } from '../bayesian-bits/gate-distribution.js';
import { readBounded } from '../files/read-bounded.js';
import { meanProbabilityOpen } from '../inspection/open-gates.js';
import type { TestTimeQuantizer } from '../setup/network-cost.js';
import { metricsFile, type EpochMetrics, type QuantizerMetrics } from './folder/metrics-file.js';

/** As much of an epoch's metrics as reports need: all of them, of long runs, would not fit in memory. */
export interface EpochSummary extends Pick<
  EpochMetrics,
  'epoch' | 'testAccuracyPercent' | 'relativeBopsPercent'
> {
  readonly gates: readonly QuantizerGates[];
}

/** How likely a quantizer's gates are to be open in a training step, in percent. */
export interface QuantizerGates {
  /** The quantizer's site, `conv1/weight`. */
  readonly name: string;
  /** By bit width; of 2 the mean over the channels, where they have gates. */
  readonly openPercent: Readonly<Record<string, number>>;
}

export interface EpochHistory {
  readonly epochs: readonly EpochSummary[];
  /** What the last of them came to. */
  readonly last: Omit<EpochMetrics, 'quantizers'> | undefined;
  /** As after the last of them. */
  readonly quantizers: ReadonlyMap<string, TestTimeQuantizer>;
  readonly problems: readonly string[];
}

/**
 * A run's `metrics.jsonl`, line by line: lines that are damaged are left out and told.
 *
 * @param distribution of the run's gates
 * @throws UserError if it cannot be read
 */
export async function readEpochs(
  folder: string,
  distribution: GateDistribution,
): Promise<EpochHistory> {
  const path = join(folder, metricsFile.name);
  const bytes = await readBounded(path, metricsFile.mostBytes);
  const epochs: EpochSummary[] = [];
  const problems: string[] = [];
  let last: EpochMetrics | undefined;
  for (const { text, number, isWhole } of linesOf(bytes ?? Buffer.alloc(0))) {
    const { success, data } = metricsFile.decode(text);
    if (success) {
      epochs.push(epochSummary(data, distribution));
      last = data;
    } else {
      const what = isWhole ? `line ${number} is damaged` : 'its last line is cut off';
      problems.push(`${path}: ${what}, and left out`);
    }
  }
  return { epochs, last, quantizers: quantizersOf(last, distribution), problems };
}

/** One at a time: as a whole the text might be longer than text can be. */
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

function openPercent(
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

function quantizersOf(
  line: EpochMetrics | undefined,
  distribution: GateDistribution,
): Map<string, TestTimeQuantizer> {
  const quantizers = line?.quantizers ?? [];
  return new Map(
    quantizers.map(({ name, bits, beta, phi }) => {
      const channels = typeof phi['2'] === 'object' ? phi['2'] : [];
      const keptChannels = channels.map((value) => distribution.testGate(value) === 1);
      return [name, { bits, rounded: beta !== null, keptChannels }];
    }),
  );
}
