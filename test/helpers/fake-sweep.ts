import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bopsDefinition } from '../../src/bayesian-bits/bops.js';
import { effectiveBits, gatedBitWidths, testGate } from '../../src/bayesian-bits/gates.js';
import { formatConfig, parseConfig } from '../../src/config/config.js';
import type { Plan, QuantizerSite } from '../../src/nn/plan.js';
import { randomStream } from '../../src/random.js';
import type { EpochMetrics, QuantizerMetrics, RunResult } from '../../src/runs/folder/metrics.js';
import type { RunStatus } from '../../src/runs/folder/status.js';
import { networkCost, type NetworkCost } from '../../src/setup/network-cost.js';
import { planFor, type DataShape } from '../../src/setup/plan-for-config.js';
import { mnistShape } from './fake-run.js';

export interface FakePoint {
  /** YAML; mu and seed are added to it. */
  readonly config?: string;
  readonly data?: DataShape;
  readonly mu: number;
  readonly seed: number;
  readonly epochs?: number;
  readonly status?: RunStatus;
  /** What it would have with mu 0, in percent. */
  readonly bestAccuracy?: number;
}

/**
 * A run's folder as training writes it, without weights: gates that close in the course of training,
 * the more and the sooner the larger mu is, and an accuracy that goes with it. All of it follows from
 * the point.
 */
export async function writeFakePoint(folder: string, point: FakePoint): Promise<void> {
  const { data = mnistShape, mu, seed, epochs = 12, status = { status: 'finished' } } = point;
  const base = point.config ?? 'dataset: mnist\nmodel: lenet5\n';
  const overrides = [`mu=${mu}`, `seed=${seed}`, `training.epochs=${epochs}`];
  const config = parseConfig(base, 'config.yaml', overrides);
  const plan = planFor(config.model, data);
  // Those that did not finish ended half way.
  const done = status.status === 'finished' ? epochs : Math.floor(epochs / 2);
  const lines = Array.from({ length: done }, (_, i) => epochMetrics(plan, point, i + 1, epochs));
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

  await mkdir(folder, { recursive: true });
  await write('config.yaml', formatConfig(config));
  const record = { seed, dataset: { ...data, mean: [0.5], std: [0.5] } };
  await write('run.json', json(record));
  await write('metrics.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await write('status.json', json(status));
  const last = lines.at(-1);
  if (status.status === 'finished' && last)
    await write('result.json', json(fakeResult(plan, last)));
}

/** Every point of a grid, in a folder each. */
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

function epochMetrics(plan: Plan, point: FakePoint, epoch: number, epochs: number): EpochMetrics {
  const quantizers = plan.quantizers.map((site, index) =>
    quantizerMetrics(site, index, point, (12 * epoch) / epochs),
  );
  const cost = costOf(plan, quantizers);
  const { mu, seed, bestAccuracy = 99.4 } = point;
  const [noise = 0.5] = randomStream(seed, `accuracy ${mu} ${epoch}`).uniforms(1);
  const lost = 0.9 * mu ** 0.7 + 4 * Math.exp(-epoch / 1.5) + 0.1 * noise;
  const crossEntropy = 0.03 + Math.exp(-epoch);
  return {
    epoch,
    loss: crossEntropy + mu * 5,
    crossEntropy,
    regularizer: 5,
    trainAccuracyPercent: bestAccuracy - lost,
    testCrossEntropy: crossEntropy,
    testAccuracyPercent: Math.round(100 * (bestAccuracy - lost)) / 100,
    relativeBopsPercent: cost.relativeBopsPercent,
    gbops: cost.bops / 1e9,
    quantizers,
  };
}

/** @param time of 12 */
function quantizerMetrics(
  site: QuantizerSite,
  index: number,
  { mu, seed }: FakePoint,
  time: number,
): QuantizerMetrics {
  const [a = 0, b = 0, c = 0] = randomStream(seed, `${site.name} ${mu}`).uniforms(3);
  const pressure = 2 + Math.log10(mu) + 0.6 * (a - 0.5) - 0.25 * (index % 3);
  /** Falls from open to shut around some time; never if that is after the end. */
  const phi = (closes: number) => 6 - 12 / (1 + Math.exp(-2 * (time - closes)));
  const gates = [phi(12 - 6 * pressure), phi(7 - 4 * pressure + b), -6 - 2 * c, -6 - c];
  const dropped = Math.max(0, Math.min(0.8, 0.25 * pressure * c)) * site.gatedChannels;
  const channels = Array.from({ length: site.gatedChannels }, (_, channel) =>
    channel < dropped ? phi(3 + (channel % 5)) : 5 + (channel % 7) / 7,
  );
  const kept = channels.filter((value) => testGate(value) === 1).length;
  return {
    name: site.name,
    bits: effectiveBits(gates.map(testGate)),
    ...(site.gatedChannels > 0 ? { keptChannels: kept } : {}),
    beta: 1,
    phi: {
      ...(site.gatedChannels > 0 ? { 2: channels } : {}),
      ...Object.fromEntries(gatedBitWidths.map((bits, i) => [bits, gates[i] ?? 0])),
    },
  };
}

function costOf(plan: Plan, quantizers: readonly QuantizerMetrics[]): NetworkCost {
  return networkCost(
    plan,
    new Map(
      quantizers.map(({ name, bits, phi }) => {
        const channels = [phi['2'] ?? []].flat();
        const keptChannels = channels.map((value) => testGate(value) === 1);
        return [name, { bits, rounded: true, keptChannels }];
      }),
    ),
  );
}

function fakeResult(plan: Plan, { epoch, quantizers, ...last }: EpochMetrics): RunResult {
  const cost = costOf(plan, quantizers);
  const bitsOf = (site: string) => quantizers.find(({ name }) => name === site)?.bits ?? null;
  return {
    format: 1,
    epochs: epoch,
    ...last,
    sums: [],
    layers: cost.layers.map(({ layer, cost: { macs, weightBits }, channels, ...rest }) => ({
      name: layer.name,
      macs,
      weightBits,
      weightBeta: 1,
      channels,
      keptChannels: rest.keptChannels,
      activationBits: layer.activation === undefined ? null : bitsOf(layer.activation),
      activationBeta: layer.activation === undefined ? null : 1,
      bops: rest.bops,
      shareOfBopsPercent: (100 * rest.bops) / cost.bops,
    })),
    bopsDefinition,
  };
}
