import { describe, expect, test } from 'vitest';
import { models, type ModelName } from '../../src/models/models.js';
import {
  averagePool,
  convolution,
  dense,
  flatten,
  residual,
  subsample,
  type Layer,
} from '../../src/nn/network.js';
import type { Plan } from '../../src/nn/plan.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { inspectNetwork } from '../../src/inspection/network-inspection.js';
import { uniformQuantizers, type UniformBits } from '../../src/inspection/uniform-bits.js';

function planOf(name: ModelName): Plan {
  const network = models[name]({ classes: 10, width: 1, batchNorm: 'folded' });
  return planNetwork(network, name === 'lenet5' ? [28, 28, 1] : [32, 32, 3]);
}

function inspectAt(plan: Plan, bits: UniformBits, dropped: Record<string, readonly number[]> = {}) {
  const keptOf = (site: string) => {
    const { gatedChannels = 0 } = plan.quantizers.find(({ name }) => name === site) ?? {};
    return Array.from({ length: gatedChannels }, (_, i) => !dropped[site]?.includes(i));
  };
  const quantizers = uniformQuantizers(plan, bits, keptOf);
  return inspectNetwork(plan, quantizers);
}

function inspectFull(plan: Plan) {
  const quantizers = uniformQuantizers(plan, { weights: 32, activations: 32 });
  return inspectNetwork(plan, quantizers);
}

describe('counted by hand', () => {
  // The stages of a CIFAR ResNet with n blocks each: number of weights and image size.
  const stages = (n: number) => ({
    conv1: 3 * 9 * 16,
    first: 2 * n * 16 * 9 * 16,
    second: 16 * 9 * 32 + (2 * n - 1) * 32 * 9 * 32,
    third: 32 * 9 * 64 + (2 * n - 1) * 64 * 9 * 64,
  });

  test.each([
    ['resnet20', 3],
    ['resnet32', 5],
    ['resnet56', 9],
  ] as const)('%s', (name, n) => {
    const { conv1, first, second, third } = stages(n);
    const channels = 16 + 2 * n * (16 + 32 + 64);
    const { totals, layers } = inspectFull(planOf(name));
    const weights = conv1 + first + second + third;
    expect(totals.parameters).toBe(weights + 2 * channels + 64 * 10 + 10);
    expect(totals.macs).toBe(1024 * (conv1 + first) + 256 * second + 64 * third + 640);
    expect(totals.channelGates).toBe(channels);
    expect(layers).toHaveLength(2 + 9 * n);
    expect(layers.filter(({ type }) => type === 'sum')).toHaveLength(3 * n);
    // The output of the convolution before each sum is not quantized; the sum is.
    expect(totals).toMatchObject({ weightQuantizers: 6 * n + 2, activationQuantizers: 6 * n + 1 });
  });

  test('ResNet-20 has 269,722 parameters and 40.55 M MACs in its convolutions', () => {
    const { totals } = inspectFull(planOf('resnet20'));
    expect(totals.parameters).toBe(269_722);
    expect(totals.macs).toBe(40_550_400 + 640);
  });

  test('ResNet-56 has 0.85 M parameters, ResNet-18 11.17 M, VGG-7 615.9 M MACs', () => {
    expect(inspectFull(planOf('resnet56')).totals.parameters).toBe(853_018);
    expect(inspectFull(planOf('resnet18')).totals.parameters).toBe(11_173_962);
    expect(inspectFull(planOf('vgg7')).totals.macs).toBe(615_917_568);
  });
});

describe('LeNet-5', () => {
  const plan = planOf('lenet5');
  const parameters = 582_026;
  const biases = 32 + 64 + 512 + 10;

  test('at full precision has the BOPs and bytes of 32 bits, and no ranges', () => {
    const { layers, totals } = inspectFull(plan);
    expect(layers.map(({ inputBits }) => inputBits)).toEqual([32, 32, 32, 32]);
    expect(totals.relativeBopsPercent).toBe(100);
    expect(totals.gbops).toBeCloseTo(4.3694, 4);
    expect(totals.parameterBytes).toBe(4 * parameters);
    expect(totals.parameterBytesAt32Bits).toBe(4 * parameters);
    expect(totals.largestActivationBytes).toBe(4 * 24 * 24 * 32);
  });

  test('at w4a8 has packed weights; biases and seven ranges have 32 bits', () => {
    const { layers, totals } = inspectAt(plan, { weights: 4, activations: 8 });
    expect(layers[0]).toEqual({
      name: 'conv1',
      type: 'convolution',
      kernel: [5, 5],
      stride: 1,
      padding: 0,
      outputShape: [24, 24, 32],
      channels: 32,
      keptChannels: 32,
      parameters: 832,
      macs: 460_800,
      inputBits: 8,
      weightBits: 4,
      activationBits: 8,
      bops: 460_800 * 32,
      shareOfBopsPercent: expect.closeTo((100 * 460_800) / 4_267_008, 10) as number,
    });
    expect(layers.map(({ activationBits }) => activationBits)).toEqual([8, 8, 8, null]);
    expect(totals.relativeBopsPercent).toBeCloseTo((100 * 32) / 1024, 10);
    expect(totals.parameterBytes).toBe((parameters - biases) / 2 + 4 * (biases + 7));
    expect(totals.largestActivationBytes).toBe(24 * 24 * 32);
  });

  test('without some channels has the remaining weights and all biases', () => {
    const dropped = { 'conv1/weight': [0, 5], 'conv2/weight': [1, 2, 3, 63] };
    const { layers, totals } = inspectAt(plan, { weights: 8, activations: 2 }, dropped);
    expect(layers.map(({ keptChannels }) => keptChannels)).toEqual([30, 60, 512, 10]);
    expect(layers[1]?.bops).toBeCloseTo(8 * 8 * (25 * 30 * 60) * 8 * 2, 5);
    expect(totals).toMatchObject({ channelGates: 608, openChannelGates: 602 });
    const weights = 25 * 30 + 25 * 30 * 60 + 16 * 60 * 512 + 512 * 10;
    expect(totals.parameterBytes).toBe(weights + 4 * (biases + 7));
    expect(totals.largestActivationBytes).toBe((24 * 24 * 30) / 4);
  });
});

test('a sum keeps the channels that its branch or its shortcut keeps', () => {
  const layers: Layer[] = [
    convolution('a', 4, 1),
    residual(
      'r',
      [convolution('b', 8, 1, { stride: 2 }), convolution('c', 8, 1)],
      [subsample(2, 8)],
    ),
    averagePool,
    dense('d', 3),
  ];
  const plan = planNetwork({ name: 'own', layers }, [4, 4, 3]);
  // The shortcut has channels 3 to 5 (2 is a's dropped channel 0), the branch 1, 2 and 3.
  const dropped = { 'a/weight': [0], 'c/weight': [0, 4, 5, 6, 7] };
  const { layers: found } = inspectAt(plan, { weights: 8, activations: 8 }, dropped);
  expect(found.map(({ name, type, keptChannels }) => [name, type, keptChannels])).toEqual([
    ['a', 'convolution', 3],
    ['b', 'convolution', 8],
    ['c', 'convolution', 3],
    ['r', 'sum', 5],
    ['d', 'dense', 3],
  ]);
  expect(found[3]).toMatchObject({ weightBits: null, activationBits: 8, outputShape: [2, 2, 8] });
  // The channels listed for a sum are those that the next layer reads.
  expect(found[4]?.bops).toBeCloseTo(8 * 3 * 64 * (5 / 8), 10);
});

test('the constants of dropped channels are counted: a bias for each border pattern, a number in a sum', () => {
  const padded = { padding: 1 };
  const layers: Layer[] = [
    convolution('a', 4, 3, padded),
    convolution('b', 5, 3, padded),
    convolution('c', 6, 3, { padding: 1, stride: 2 }),
    residual('r', [convolution('d', 6, 3, padded)]),
    averagePool,
    dense('e', 3),
  ];
  const plan = planNetwork({ name: 'own', layers }, [8, 8, 1]);
  const bytes = (dropped: Record<string, readonly number[]>) =>
    inspectAt(plan, { weights: 8, activations: 8 }, dropped).totals.parameterBytes;
  const all = bytes({});
  // a keeps fewer weights, as does b; b has biases for nine kinds of pixels in 8 rows and 8 columns.
  expect(bytes({ 'a/weight': [0] })).toBe(all - 9 - 9 * 5 + 4 * 8 * 5 + 2 * (8 + 8));
  // c has biases for four kinds of pixels in 4 rows and 4 columns.
  expect(bytes({ 'b/weight': [0, 1] })).toBe(all - 2 * 9 * (4 + 6) + 4 * 3 * 6 + 2 * (4 + 4));
  // The sum has all channels; for the one that d dropped it adds a constant, for all others 0.
  expect(bytes({ 'd/weight': [5] })).toBe(all - 9 * 6 + 4 * 6);
});

test('a network of one layer has no activations between layers', () => {
  const plan = planNetwork({ name: 'own', layers: [flatten, dense('d', 3)] }, [2, 2, 1]);
  const { totals } = inspectAt(plan, { weights: 2, activations: 8 });
  expect(totals).toMatchObject({
    parameterBytes: 3 + 4 * (3 + 1),
    activationQuantizers: 0,
    channelGates: 0,
    largestActivationBytes: 0,
  });
});

test('if every channel is dropped, BOPs and their shares are 0', () => {
  const layers = [flatten, dense('a', 2), dense('b', 3)];
  const plan = planNetwork({ name: 'own', layers }, [2, 2, 1]);
  const inspection = inspectAt(plan, { weights: 2, activations: 8 }, { 'a/weight': [0, 1] });
  expect(inspection.totals).toMatchObject({ bops: 0, relativeBopsPercent: 0 });
  expect(inspection.layers.map(({ shareOfBopsPercent }) => shareOfBopsPercent)).toEqual([0, 0]);
});
