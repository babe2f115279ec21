import { describe, expect, test } from 'vitest';
import { lenet5 } from '../../src/models/lenet5.js';
import { vgg7 } from '../../src/models/vgg7.js';
import {
  convolution,
  dense,
  flatten,
  maxPool,
  residual,
  subsample,
  type Layer,
} from '../../src/nn/network.js';
import { MisfitError } from '../../src/nn/misfit.js';
import { planNetwork } from '../../src/nn/plan-network.js';

const plan = (layers: Layer[], shape = [28, 28, 1]) => planNetwork({ name: 'test', layers }, shape);

describe('LeNet-5', () => {
  const planned = planNetwork(lenet5({ classes: 10, width: 1, batchNorm: 'folded' }), [28, 28, 1]);

  test('has 4,267,008 multiply-accumulates', () => {
    const macs = planned.layers.map((layer) => layer.macs);
    expect(macs).toEqual([460800, 3276800, 524288, 5120]);
  });

  test('has 582,026 parameters', () => {
    const sizes = planned.variables.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    expect(sizes.reduce((a, b) => a + b)).toBe(582026);
  });

  test('is quantized at every weight and ReLU, and its last layer is not pruned', () => {
    const site = (name: string, signed: boolean, gatedChannels: number, macs: number) => ({
      name,
      layer: name.split('/')[0],
      kind: signed ? 'weights' : 'activations',
      signed,
      gatedChannels,
      rounded: true,
      macs,
    });
    expect(planned.quantizers).toEqual([
      site('conv1/weight', true, 32, 460800),
      site('conv1/activation', false, 0, 3276800),
      site('conv2/weight', true, 64, 3276800),
      site('conv2/activation', false, 0, 524288),
      site('fc1/weight', true, 512, 524288),
      site('fc1/activation', false, 0, 5120),
      site('fc2/weight', true, 0, 5120),
    ]);
  });

  test('knows which layer’s channels each layer reads', () => {
    expect(planned.layers.map(({ reads, producers }) => ({ reads, producers }))).toEqual([
      { reads: undefined, producers: [{ weight: undefined, channels: 1, first: 0 }] },
      {
        reads: 'conv1/activation',
        producers: [{ weight: 'conv1/weight', channels: 32, first: 0 }],
      },
      {
        reads: 'conv2/activation',
        producers: [{ weight: 'conv2/weight', channels: 64, first: 0 }],
      },
      { reads: 'fc1/activation', producers: [{ weight: 'fc1/weight', channels: 512, first: 0 }] },
    ]);
  });
});

describe('VGG-7', () => {
  const planned = planNetwork(vgg7({ classes: 10, width: 1, batchNorm: 'folded' }), [32, 32, 3]);

  test('has 615.9 M multiply-accumulates', () => {
    const macs = planned.layers.map((layer) => layer.macs).reduce((a, b) => a + b);
    expect(macs / 1e6).toBeCloseTo(615.9, 1);
  });

  test('has an 8192 by 1024 layer', () => {
    expect(planned.variables.find(({ name }) => name === 'fc1/weight')?.shape).toEqual([
      8192, 1024,
    ]);
  });

  test('replaces every bias but the last by batch norm', () => {
    const withBias = planned.layers.filter(({ bias }) => bias !== undefined);
    expect(withBias.map(({ name }) => name)).toEqual(['fc2']);
    expect(planned.layers.map(({ batchNorm }) => batchNorm !== undefined)).toEqual([
      ...new Array<boolean>(7).fill(true),
      false,
    ]);
    expect(planned.statistics).toHaveLength(14);
  });
});

test('stride and padding determine the output shape', () => {
  const [layer] = plan([convolution('c', 8, 3, { stride: 2, padding: 1 })], [7, 9, 3]).layers;
  expect(layer?.outputShape).toEqual([4, 5, 8]);
  expect(layer?.macs).toBe(4 * 5 * 8 * 3 * 9);
});

test('scales count as weights, shifts as biases, and a sum belongs to its block', () => {
  const inner = convolution('c', 1, 1, { batchNorm: 'unfolded' });
  const { variables, quantizers } = plan([residual('r', [inner]), flatten, dense('d', 3)]);
  const names = (of: string) => variables.filter(({ kind }) => kind === of).map(({ name }) => name);
  expect(names('weights')).toEqual(['c/weight', 'c/scale', 'd/weight']);
  expect(names('biases')).toEqual(['c/shift', 'd/bias']);
  expect(quantizers.map(({ name, layer }) => [name, layer])).toEqual([
    ['c/weight', 'c'],
    ['r/activation', 'r'],
    ['d/weight', 'd'],
  ]);
});

test.each<[string, Layer[], RegExp]>([
  [
    'a dense layer on an image',
    [dense('d', 3)],
    /dense layer "d" reads \[28, 28, 1\]; expected a flat input/,
  ],
  [
    'a pool that does not divide',
    [maxPool(3), flatten, dense('d', 3)],
    /max-pool layer reads \[28, 28, 1\]; expected .* divisible by 3, or a stride/,
  ],
  [
    'a kernel that is too large',
    [convolution('c', 1, 29)],
    /"c" reads .*; expected at least 29 by 29/,
  ],
  [
    'a convolution after flatten',
    [flatten, convolution('c', 1, 1)],
    /"c" reads \[784\]; expected an image/,
  ],
  ['no layer with weights', [flatten], /has no layer with weights/],
  [
    'a residual block at the end',
    [residual('r', [convolution('c', 1, 1)])],
    /ends with the residual block "r"; expected a dense layer/,
  ],
  [
    'a sum of two shapes',
    [residual('r', [convolution('c', 2, 1)]), flatten, dense('d', 3)],
    /"r" adds a branch of \[28, 28, 2\] and a shortcut of \[28, 28, 1\]; expected the same/,
  ],
  [
    'fewer channels after a subsample',
    [convolution('c', 4, 1), subsample(2, 2), flatten, dense('d', 3)],
    /subsample layer reads \[28, 28, 4\]; expected an even number of channels, at most 2/,
  ],
  ['two layers of one name', [flatten, dense('d', 3), dense('d', 3)], /two layers are named "d"/],
])('%s is refused', (_, layers, message) => {
  expect(() => plan(layers)).toThrow(message);
  expect(() => plan(layers)).toThrow(MisfitError);
});

test('a bug, such as a missing layer, is not reported as a misfit', () => {
  const broken = [flatten, undefined, dense('d', 3)] as unknown as Layer[];
  expect(() => plan(broken)).toThrow(TypeError);
});
