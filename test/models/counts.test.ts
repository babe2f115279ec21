import { describe, expect, test } from 'vitest';
import { models, type ModelName } from '../../src/models/models.js';
import { planNetwork } from '../../src/nn/plan-network.js';

interface Counts {
  readonly parameters: string;
  readonly macs: number;
  readonly imageShape?: number[];
  readonly classes?: number;
}

const planOf = (name: ModelName, width = 1, imageShape = [32, 32, 3], classes = 10) =>
  planNetwork(models[name]({ classes, width, batchNorm: 'folded' }), imageShape);

/**
 * Multiply-accumulates of CIFAR ResNets by hand: all 3x3 convolutions of the stages have the same number, except
 * those that halve the image, which have half of it.
 */
function handCount(blocks: number): number {
  const convolution = 32 * 32 * 16 * 16 * 9;
  const first = 32 * 32 * 3 * 16 * 9;
  return first + (3 * 2 * blocks - 2) * convolution + 2 * (convolution / 2) + 64 * 10;
}

/** Images and classes of ImageNet. */
const large = { imageShape: [224, 224, 3], classes: 1000 };

/**
 * Parameters in millions as published. Source for MobileNetV2 on CIFAR: github.com/chenyaofo/pytorch-cifar-models
 * (2.24 M parameters, 87.98 M multiply-adds); for ResNet-18 on ImageNet: torchvision (11.69 M and 1.81 G).
 */
const literature: Partial<Record<ModelName, Counts>> = {
  resnet20: { parameters: '0.27', macs: handCount(3) },
  resnet32: { parameters: '0.46', macs: handCount(5) },
  resnet56: { parameters: '0.85', macs: handCount(9) },
  resnet18: {
    parameters: '11.17',
    // The stem, then four stages of convolutions of equal cost; three stages start with one of half the cost, and a
    // 1x1 shortcut of an eighteenth.
    macs:
      32 * 32 * 3 * 64 * 9 + 32 * 32 * 64 * 64 * 9 * (4 * 4 - 3 + 3 * (1 / 2 + 1 / 18)) + 512 * 10,
  },
  vgg7: {
    parameters: '12.98',
    macs:
      32 * 32 * (3 * 128 + 128 * 128) * 9 +
      16 * 16 * (128 * 256 + 256 * 256) * 9 +
      8 * 8 * (256 * 512 + 512 * 512) * 9 +
      8192 * 1024 +
      1024 * 10,
  },
  'resnet18-imagenet': {
    ...large,
    parameters: '11.69',
    macs:
      112 * 112 * 3 * 64 * 49 +
      56 * 56 * 64 * 64 * 9 * (4 * 4 - 3 + 3 * (1 / 2 + 1 / 18)) +
      512 * 1000,
  },
  'mobilenet-v2': { parameters: '2.24', macs: mobilenetMacs() },
};

/** Multiply-accumulates of MobileNetV2 by hand, from its table: image, expansion, input and output channels. */
function mobilenetMacs(): number {
  const block = (into: number, out: number, expansion: number, from: number, to: number) =>
    (expansion > 1 ? into ** 2 * from * expansion * from : 0) +
    out ** 2 * expansion * from * 9 +
    out ** 2 * expansion * from * to;
  const blocks = [
    block(32, 32, 1, 32, 16),
    block(32, 32, 6, 16, 24),
    block(32, 32, 6, 24, 24),
    block(32, 16, 6, 24, 32),
    2 * block(16, 16, 6, 32, 32),
    block(16, 8, 6, 32, 64),
    3 * block(8, 8, 6, 64, 64),
    block(8, 8, 6, 64, 96),
    2 * block(8, 8, 6, 96, 96),
    block(8, 4, 6, 96, 160),
    2 * block(4, 4, 6, 160, 160),
    block(4, 4, 6, 160, 320),
  ];
  const ends = 32 ** 2 * 3 * 32 * 9 + 4 ** 2 * 320 * 1280 + 1280 * 10;
  return blocks.reduce((sum, macs) => sum + macs, ends);
}

test('MobileNetV2 has the published number of multiply-adds', () => {
  expect((mobilenetMacs() / 1e6).toFixed(2)).toBe('87.98');
});

describe.each(Object.entries(literature))('%s', (name, counts) => {
  const { parameters, macs, imageShape, classes } = counts;
  const plan = planOf(name as ModelName, 1, imageShape, classes);

  test(`has ${parameters} M parameters and ${(macs / 1e6).toFixed(1)} M multiply-accumulates`, () => {
    const sizes = plan.variables.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    const all = sizes.reduce((a, b) => a + b);
    expect((all / 1e6).toFixed(2)).toBe(parameters);
    expect(plan.layers.reduce((sum, layer) => sum + layer.macs, 0)).toBe(macs);
  });

  test('has a quantizer at each weight, layer output and sum, but not at the inputs of a sum', () => {
    const sites = plan.quantizers.map((site) => site.name);
    expect(new Set(sites).size).toBe(sites.length);
    const sums = plan.steps.flatMap((step) => (step.type === 'residual' ? [step] : []));
    const feedsSum = sums.flatMap(({ branch, shortcut }) =>
      [branch, shortcut].flatMap((part) => {
        const last = part.at(-1);
        return last?.type === 'weighted' ? [last.layer] : [];
      }),
    );
    for (const layer of plan.layers) {
      expect(sites).toContain(layer.weight);
      const isLast = layer === plan.layers.at(-1);
      const isQuantized = !isLast && !feedsSum.includes(layer);
      expect(sites.includes(`${layer.name}/activation`)).toBe(isQuantized);
    }
    for (const { activation } of sums) expect(sites).toContain(activation);
    const ofWeights = plan.quantizers.filter(({ kind }) => kind === 'weights');
    expect(ofWeights).toHaveLength(plan.layers.length);
    expect(ofWeights.every(({ signed }) => signed)).toBe(true);
    // Only MobileNetV2 has activations without a ReLU: 10 of its 17 blocks have a sum.
    const signed = plan.quantizers.filter(({ kind, signed }) => signed && kind === 'activations');
    expect(signed).toHaveLength(name === 'mobilenet-v2' ? 17 : 0);
    const counts: Partial<Record<ModelName, number>> = {
      vgg7: 0,
      'mobilenet-v2': 10,
      resnet20: 9,
      resnet32: 15,
      resnet56: 27,
    };
    expect(sums).toHaveLength(counts[name as ModelName] ?? 8);
    expect(plan.quantizers.every(({ macs }) => macs > 0)).toBe(true);
  });
});

test('a width multiplies the channels of every layer but the last', () => {
  for (const name of Object.keys(models) as ModelName[]) {
    const imageShape = name === 'lenet5' ? [28, 28, 1] : [32, 32, 3];
    const [whole, half] = [planOf(name, 1, imageShape), planOf(name, 0.5, imageShape)];
    whole.layers.forEach((layer, index) => {
      const isLast = index === whole.layers.length - 1;
      const channels = layer.outputShape.at(-1) ?? NaN;
      expect(half.layers[index]?.outputShape.at(-1)).toBe(isLast ? channels : channels / 2);
    });
  }
});

test('the channels of a sum are traced to all its terms, at their offsets', () => {
  const plan = planOf('resnet20');
  const reader = plan.layers.find(({ name }) => name === 'stage3-1-conv1');
  expect(reader?.reads).toBe('stage2-3/activation');
  expect(reader?.producers).toEqual([
    { weight: 'stage2-3-conv2/weight', channels: 32, first: 0 },
    { weight: 'stage2-2-conv2/weight', channels: 32, first: 0 },
    { weight: 'stage2-1-conv2/weight', channels: 32, first: 0 },
    { weight: 'stage1-3-conv2/weight', channels: 16, first: 8 },
    { weight: 'stage1-2-conv2/weight', channels: 16, first: 8 },
    { weight: 'stage1-1-conv2/weight', channels: 16, first: 8 },
    { weight: 'conv1/weight', channels: 16, first: 8 },
  ]);
});
