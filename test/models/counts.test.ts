import { describe, expect, test } from 'vitest';
import { models, type ModelName } from '../../src/models/models.js';
import { planNetwork } from '../../src/nn/plan-network.js';

const planOf = (name: ModelName, width = 1, imageShape = [32, 32, 3]) =>
  planNetwork(models[name]({ classes: 10, width, batchNorm: 'folded' }), imageShape);

/**
 * Multiply-accumulates of CIFAR ResNets by hand: each 3x3 convolution of a stage has as many, but
 * for those that halve the image, which have half.
 */
function handCount(blocks: number): number {
  const convolution = 32 * 32 * 16 * 16 * 9;
  const first = 32 * 32 * 3 * 16 * 9;
  return first + (3 * 2 * blocks - 2) * convolution + 2 * (convolution / 2) + 64 * 10;
}

/** Millions, as the literature gives them. */
const literature = {
  resnet20: { parameters: '0.27', macs: handCount(3) },
  resnet32: { parameters: '0.46', macs: handCount(5) },
  resnet56: { parameters: '0.85', macs: handCount(9) },
  resnet18: {
    parameters: '11.17',
    // Stem, then four stages whose convolutions all have as many; three of them start with half,
    // and have a 1x1 shortcut with an eighteenth.
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
} satisfies Partial<Record<ModelName, { parameters: string; macs: number }>>;

describe.each(Object.entries(literature))('%s', (name, { parameters, macs }) => {
  const plan = planOf(name as ModelName);

  test(`has ${parameters} M parameters and ${(macs / 1e6).toFixed(1)} M multiply-accumulates`, () => {
    const sizes = plan.variables.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    const all = sizes.reduce((a, b) => a + b);
    expect((all / 1e6).toFixed(2)).toBe(parameters);
    expect(plan.layers.reduce((sum, layer) => sum + layer.macs, 0)).toBe(macs);
  });

  test('is quantized at each weight, each ReLU between layers and each sum, nowhere else', () => {
    const sites = plan.quantizers.map((site) => site.name);
    expect(new Set(sites).size).toBe(sites.length);
    const feedsSum = /-conv2|-shortcut/;
    for (const layer of plan.layers) {
      expect(sites).toContain(layer.weight);
      const isLast = layer === plan.layers.at(-1);
      const hasRelu = !isLast && !(name.startsWith('resnet') && feedsSum.test(layer.name));
      expect(sites.includes(`${layer.name}/activation`)).toBe(hasRelu);
    }
    const sums = sites.filter((site) => /^stage\d-\d\/activation$/.test(site));
    expect(sums).toHaveLength(
      name.startsWith('resnet') ? (name === 'resnet18' ? 8 : sums.length) : 0,
    );
    expect(plan.quantizers.filter(({ signed }) => signed)).toHaveLength(plan.layers.length);
    expect(plan.quantizers.every(({ macs }) => macs > 0)).toBe(true);
  });
});

test('a width multiplies every layer’s channels but the last one’s', () => {
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

test('the channels of a sum come from all that were added, at their places', () => {
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
