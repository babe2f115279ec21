import { join } from 'node:path';
import { z } from 'zod';
import { testGate } from '../../bayesian-bits/gates.js';
import { meanProbabilityOpen } from '../../inspection/open-gates.js';
import type { TestTimeQuantizer } from '../../setup/network-cost.js';
import { parseJson, readBounded } from '../../files/read-bounded.js';

/** Some hundred times what the networks that come with bbits write in as many epochs. */
const mostBytes = 2 ** 29;

/** A line of `metrics.jsonl`, see EpochMetrics, with as much of it as reports need. */
export interface StoredEpoch {
  readonly epoch: number;
  readonly testAccuracyPercent: number;
  readonly relativeBopsPercent: number;
  readonly gates: readonly QuantizerGates[];
}

/** How likely a quantizer's gates are to be open in a training step, in percent. */
export interface QuantizerGates {
  /** The quantizer's site, `conv1/weight`. */
  readonly name: string;
  /** By bit width; of 2 the mean over the channels, where they have gates. */
  readonly openPercent: Readonly<Record<string, number>>;
}

export interface StoredEpochs {
  readonly epochs: readonly StoredEpoch[];
  /** As after the last of them. */
  readonly quantizers: ReadonlyMap<string, TestTimeQuantizer>;
  readonly problems: readonly string[];
}

const phi = z.number();

const schema = z.object({
  epoch: z.int().min(1),
  testAccuracyPercent: z.number().min(0).max(100),
  relativeBopsPercent: z.number().min(0),
  quantizers: z
    .array(
      z.object({
        name: z.string(),
        bits: z.number().min(0).max(64),
        // null: there is no range, since nothing is rounded.
        beta: z.number().nullable().optional(),
        // Networks with fixed bits have no gates.
        phi: z.record(z.string(), z.union([phi, z.array(phi)])).default({}),
      }),
    )
    .max(2000),
});

type Line = z.output<typeof schema>;
type Phi = Line['quantizers'][number]['phi'];

/**
 * A run's `metrics.jsonl`, line by line: lines that are damaged are left out and told.
 *
 * @throws UserError if it cannot be read
 */
export async function readEpochs(folder: string): Promise<StoredEpochs> {
  const path = join(folder, 'metrics.jsonl');
  const bytes = await readBounded(path, mostBytes);
  const epochs: StoredEpoch[] = [];
  const problems: string[] = [];
  let last: Line | undefined;
  for (const { text, number, isWhole } of linesOf(bytes ?? Buffer.alloc(0))) {
    const { success, data } = schema.safeParse(parseJson(text));
    if (success) {
      epochs.push(storedEpoch(data));
      last = data;
    } else {
      const what = isWhole ? `line ${number} is damaged` : 'its last line is cut off';
      problems.push(`${path}: ${what}, and left out`);
    }
  }
  return { epochs, quantizers: quantizersOf(last), problems };
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

function storedEpoch({ quantizers, ...metrics }: Line): StoredEpoch {
  const { epoch, testAccuracyPercent, relativeBopsPercent } = metrics;
  const gates = quantizers.map(({ name, phi }) => ({ name, openPercent: openPercent(phi) }));
  return { epoch, testAccuracyPercent, relativeBopsPercent, gates };
}

function openPercent(phi: Phi): Record<string, number> {
  return Object.fromEntries(
    Object.entries(phi).flatMap(([bits, value]) => {
      const open = meanProbabilityOpen([value].flat());
      return open === undefined ? [] : [[bits, 100 * open]];
    }),
  );
}

function quantizersOf(line: Line | undefined): Map<string, TestTimeQuantizer> {
  const quantizers = line?.quantizers ?? [];
  return new Map(
    quantizers.map(({ name, bits, beta, phi }) => {
      const channels = Array.isArray(phi['2']) ? phi['2'] : [];
      const keptChannels = channels.map((value) => testGate(value) === 1);
      return [name, { bits, rounded: beta !== null, keptChannels }];
    }),
  );
}
