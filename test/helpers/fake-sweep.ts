import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConfig, type Config } from '../../src/config/config.js';
import { randomStream } from '../../src/random.js';
import { epochMetrics } from '../../src/runs/epoch-metrics.js';
import { writeConfig } from '../../src/runs/folder/config-file.js';
import type { EpochMetrics } from '../../src/runs/folder/metrics-file.js';
import { writeResult } from '../../src/runs/folder/result-file.js';
import { openRunLog } from '../../src/runs/folder/run-log.js';
import { writeStatus, type RunStatus } from '../../src/runs/folder/status-file.js';
import { runResult } from '../../src/runs/run-result.js';
import { setUpGates } from '../../src/setup/gate-setup.js';
import { planFor, type DataShape } from '../../src/setup/plan-for-config.js';
import {
  initQuantizers,
  testTimeCost,
  withPhi,
  type QuantizerState,
} from '../../src/training/quantizer-state.js';
import { mnistShape, writeFakeRecord } from './fake-record.js';

export interface FakePoint {
  /** YAML; mu and seed are added to it. */
  readonly config?: string;
  readonly data?: DataShape;
  readonly mu: number;
  readonly seed: number;
  readonly epochs?: number;
  readonly status?: RunStatus;
  /** Accuracy in percent if mu were 0. */
  readonly bestAccuracy?: number;
  /** Accuracy on held-out images. */
  readonly validationAccuracyPercent?: number;
  /** Weights whose channels are all dropped at the end. */
  readonly emptied?: readonly string[];
}

/**
 * Write a run's folder as training does, without weights. Gates close in the course of training, more and
 * sooner for a larger mu, and the accuracy falls accordingly. The point determines everything.
 */
export async function writeFakePoint(folder: string, point: FakePoint): Promise<void> {
  const { data = mnistShape, mu, seed, epochs = 12, status = { status: 'finished' } } = point;
  const base = point.config ?? 'dataset: mnist\nmodel: lenet5\n';
  const overrides = [`mu=${mu}`, `seed=${seed}`, `training.epochs=${epochs}`];
  const config = parseConfig(base, 'config.yaml', overrides);
  // Unfinished runs ended halfway.
  const done = status.status === 'finished' ? epochs : Math.floor(epochs / 2);

  await mkdir(folder, { recursive: true });
  await writeConfig(folder, config);
  await writeFakeRecord(folder, seed, data);
  const log = await openRunLog(folder, 0);
  for (let epoch = 1; epoch <= done; epoch++) {
    const trainer = trainerAfter(config, data, point, (12 * epoch) / epochs);
    const metrics = metricsAfter(epoch, point, trainer);
    await log.metrics.add(metrics);
    if (status.status !== 'finished' || epoch < done) continue;
    await writeResult(folder, runResult(metrics, trainer, { extendedAfterEpochs: [] }));
  }
  await writeStatus(folder, status);
}

/** Write every point of a grid, each in its own folder. */
export async function writeFakeSweep(
  folder: string,
  mus: readonly number[],
  seeds: readonly number[],
  rest: Omit<FakePoint, 'mu' | 'seed'> = {},
): Promise<void> {
  for (const mu of mus) {
    for (const seed of seeds) {
      await writeFakePoint(join(folder, `mu-${mu}-seed-${seed}`), { mu, seed, ...rest });
    }
  }
}

/** The parts of a trainer from which its metrics and result are made. @param time from 0 to 12 */
function trainerAfter(config: Config, data: DataShape, point: FakePoint, time: number) {
  const plan = planFor(config.model, data);
  const quantizers = initQuantizers(setUpGates(plan, config));
  const learned = quantizers.map((quantizer, index) => learn(quantizer, index, point, time));
  return {
    plan: () => plan,
    quantizers: () => learned,
    cost: () => testTimeCost(plan, learned),
  };
}

function metricsAfter(
  epoch: number,
  { mu, seed, bestAccuracy = 99.4, validationAccuracyPercent: held }: FakePoint,
  trainer: ReturnType<typeof trainerAfter>,
): EpochMetrics {
  const [noise = 0.5] = randomStream(seed, `accuracy ${mu} ${epoch}`).uniforms(1);
  const lost = 0.9 * mu ** 0.7 + 4 * Math.exp(-epoch / 1.5) + 0.1 * noise;
  const crossEntropy = 0.03 + Math.exp(-epoch);
  const regularizer = 5;
  const accuracyPercent = bestAccuracy - lost;
  return epochMetrics(
    epoch,
    { loss: crossEntropy + mu * regularizer, crossEntropy, regularizer, accuracyPercent },
    {
      test: { crossEntropy, accuracyPercent: Math.round(100 * accuracyPercent) / 100 },
      ...(held === undefined ? {} : { validation: { crossEntropy, accuracyPercent: held } }),
    },
    trainer,
  );
}

function learn(
  quantizer: QuantizerState,
  index: number,
  { mu, seed, emptied = [] }: FakePoint,
  time: number,
): QuantizerState {
  const { name, gatedChannels } = quantizer.site;
  const [a = 0, b = 0, c = 0] = randomStream(seed, `${name} ${mu}`).uniforms(3);
  const pressure = 2 + Math.log10(mu) + 0.6 * (a - 0.5) - 0.25 * (index % 3);
  /** phi that falls from open to shut around the time `closes`; never, if that is after the end. */
  const phi = (closes: number) => 6 - 12 / (1 + Math.exp(-2 * (time - closes)));
  const bits = [phi(12 - 6 * pressure), phi(7 - 4 * pressure + b), -6 - 2 * c, -6 - c];
  const dropped = emptied.includes(name)
    ? gatedChannels
    : Math.max(0, Math.min(0.8, 0.25 * pressure * c)) * gatedChannels;
  const channels = Array.from({ length: gatedChannels }, (_, channel) =>
    channel < dropped ? phi(3 + (channel % 5)) : 5 + (channel % 7) / 7,
  );
  return withPhi(quantizer, { channels: Float64Array.from(channels), bits });
}
