import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  summarizeNetworks,
  summarizeNetwork,
  type NetworkSummary,
} from '../../src/report/network-summary.js';
import { summarizeRun, type FinishedRunSummary } from '../../src/runs/run-summary.js';
import { writeFakePoint } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let run: FinishedRunSummary;
beforeEach(async () => {
  const folder = join(await temporaryFolder(), 'run');
  await writeFakePoint(folder, { mu: 0.1, seed: 1, epochs: 2 });
  run = (await summarizeRun(folder)) as FinishedRunSummary;
});

type Layer = FinishedRunSummary['result']['layers'][number];
function layer(
  macs: number,
  weightBits: number,
  [keptChannels, channels]: readonly [number, number],
  activationBits: number | null = 8,
): Layer {
  return {
    name: 'layer',
    macs,
    weightBits,
    weightBeta: 1,
    channels,
    keptChannels,
    activationBits,
    activationBeta: 1,
    bops: 1,
    shareOfBopsPercent: 1,
  };
}

/** The run with other layers, and nothing else known of its network. */
const withLayers = (...layers: Layer[]): FinishedRunSummary => ({
  ...run,
  result: { ...run.result, layers },
  network: undefined,
});

/** The run with layers of these MACs, which read tensors of these bits. */
function reading(...readers: [macs: number, inputBits: number | null][]): FinishedRunSummary {
  const { network } = run;
  const [like] = network?.layers ?? [];
  if (!network || !like) throw new Error('expected a network with layers');
  const layers = readers.map(([macs, inputBits]) => ({ ...like, macs, inputBits }));
  return { ...run, network: { ...network, layers } };
}

describe('the summary of a network', () => {
  test('has the percentage of kept channels, over all layers but the last', () => {
    const found = withLayers(layer(1, 2, [1, 8]), layer(1, 2, [24, 32]), layer(1, 2, [10, 10]));
    expect(summarizeNetwork(found).keptChannelsPercent).toBe(62.5);
    expect(summarizeNetwork(withLayers(layer(1, 2, [10, 10]))).keptChannelsPercent).toBe(100);
    const none = withLayers(layer(1, 2, [0, 8]), layer(1, 2, [10, 10]));
    expect(summarizeNetwork(none).keptChannelsPercent).toBe(0);
  });

  test('has the bits of the weights: mean by MACs, lowest and highest', () => {
    const found = withLayers(
      layer(300, 4, [8, 8]),
      layer(100, 16, [8, 8]),
      layer(100, 2, [10, 10]),
    );
    expect(summarizeNetwork(found).weightBits).toEqual({ mean: 6, lowest: 2, highest: 16 });
    const none = withLayers(layer(0, 4, [8, 8]));
    expect(summarizeNetwork(none).weightBits).toEqual({ mean: undefined, lowest: 4, highest: 4 });
  });

  test('has the bits of the activations that layers read, except the network’s input and sums', () => {
    const found = reading([1000, 8], [300, 4], [100, 16], [0, null]);
    expect(summarizeNetwork(found).activationBits).toEqual({ mean: 7, lowest: 4, highest: 16 });
    expect(summarizeNetwork(reading([1000, 8])).activationBits).toBeUndefined();
  });

  test('falls back to the bits of the layers’ outputs, without a mean', () => {
    const found = withLayers(
      layer(300, 4, [8, 8], 4),
      layer(1, 4, [8, 8], 2),
      layer(1, 4, [8, 8], null),
    );
    expect(summarizeNetwork(found).activationBits).toEqual({
      mean: undefined,
      lowest: 2,
      highest: 4,
    });
    expect(summarizeNetwork(withLayers(layer(1, 4, [8, 8], null))).activationBits).toBeUndefined();
  });

  test('has the bytes of its parameters, if known', () => {
    expect(summarizeNetwork(run).compressedBytes).toBe(run.network?.totals.parameterBytes);
    expect(summarizeNetwork(withLayers(layer(1, 4, [8, 8]))).compressedBytes).toBeUndefined();
  });
});

describe('the summary of several networks', () => {
  const one: NetworkSummary = {
    weightBits: { mean: 3, lowest: 2, highest: 4 },
    activationBits: { mean: 5, lowest: 4, highest: 8 },
    keptChannelsPercent: 50,
    compressedBytes: 1000,
    constantNetworks: 0,
  };
  const other: NetworkSummary = {
    weightBits: { mean: 6, lowest: 4, highest: 16 },
    activationBits: { mean: 3, lowest: 2, highest: 4 },
    keptChannelsPercent: 75,
    compressedBytes: 3000,
    constantNetworks: 1,
  };

  test('averages means, and has the lowest and highest of all', () => {
    expect(summarizeNetworks([one, other])).toEqual({
      weightBits: { mean: 4.5, lowest: 2, highest: 16 },
      activationBits: { mean: 4, lowest: 2, highest: 8 },
      keptChannelsPercent: 62.5,
      compressedBytes: 2000,
      constantNetworks: 1,
    });
  });

  test('has no mean of values that some networks lack', () => {
    const unknown = { ...other, activationBits: undefined, compressedBytes: undefined };
    const bits = { mean: undefined, lowest: 4, highest: 16 };
    expect(summarizeNetworks([one, { ...unknown, weightBits: bits }])).toEqual({
      weightBits: { mean: undefined, lowest: 2, highest: 16 },
      activationBits: one.activationBits,
      constantNetworks: 1,
      keptChannelsPercent: 62.5,
      compressedBytes: undefined,
    });
    expect(summarizeNetworks([unknown]).activationBits).toBeUndefined();
  });
});
