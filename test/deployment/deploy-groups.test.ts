import { beforeAll, describe, expect, test } from 'vitest';
import type { DeployedLayer, DeployedStep } from '../../src/deployment/network.js';
import { inspectNetwork } from '../../src/inspection/network-inspection.js';
import {
  averagePool,
  convolution,
  dense,
  maxPool,
  residual,
  type BatchNormKind,
  type Layer,
} from '../../src/nn/network.js';
import { startTestBackend } from '../helpers/test-backend.js';
import {
  classes,
  eightBits,
  largestDifference,
  trainedAndDeployed,
  type TrainedAndDeployed,
} from './trained-and-deployed.js';

beforeAll(startTestBackend);

const network = (batchNorm: BatchNormKind): Layer[] => [
  convolution('stem', 6, 3, { padding: 1, batchNorm, activation: 'relu6' }),
  residual(
    'block',
    [
      convolution('expand', 12, 1, { batchNorm, activation: 'relu6' }),
      convolution('depthwise', 12, [3, 1], {
        padding: 'same',
        groups: 12,
        batchNorm,
        activation: 'relu6',
      }),
      convolution('project', 6, 1, { batchNorm }),
    ],
    [],
    { activation: 'none' },
  ),
  convolution('grouped', 8, [3, 2], {
    stride: [2, 1],
    padding: [1, 0],
    groups: 2,
    batchNorm,
    activation: 'none',
  }),
  { type: 'average-pool', size: 2, stride: [1, 2], padding: 1 },
  { type: 'dropout', rate: 0.2 },
  convolution('wide', 16, 3, { padding: 'same', stride: 2, groups: 8, batchNorm }),
  maxPool([2, 1], { stride: 1 }),
  averagePool,
  dense('logits', classes),
];

const dropped: Record<string, readonly number[]> = {
  'stem/weight': [2],
  'expand/weight': [0, 5],
  'project/weight': [2, 4],
  'grouped/weight': [0, 1, 5],
  'wide/weight': [3, 7],
};

const weighted = (steps: readonly DeployedStep[]): DeployedLayer[] =>
  steps.flatMap((step) =>
    step.type === 'residual'
      ? weighted([...step.branch, ...step.shortcut])
      : 'weight' in step
        ? [step]
        : [],
  );

describe.each(['folded', 'unfolded'] as const)('groups, batch norm %s', (kind) => {
  let made: TrainedAndDeployed;
  beforeAll(() => {
    made = trainedAndDeployed(network(kind), [9, 8, 2], ({ name }) => ({
      bits: eightBits,
      dropped: dropped[name] ?? [],
    }));
  });

  test('give the gated logits without the dropped channels, including those of depthwise layers', () => {
    const { gated, logits, deployed, plan } = made;
    expect(Math.max(...gated) - Math.min(...gated)).toBeGreaterThan(0.1);
    expect(largestDifference(gated, logits)).toBeLessThan(1e-4);

    const shapeOf = (name: string) => deployed.tensors[`${name}/weight`]?.shape;
    expect(plan.quantizers.find(({ name }) => name === 'depthwise/weight')).toMatchObject({
      gatedChannels: 0,
      gatesOf: 'expand/weight',
    });
    expect(shapeOf('expand')).toEqual([1, 1, 5, 10]);
    expect(shapeOf('depthwise')).toEqual([3, 1, 1, 10]);
    expect(shapeOf('project')).toEqual([1, 1, 10, 4]);
    const steps = new Map(weighted(deployed.network.steps).map((step) => [step.name, step]));
    expect(steps.get('depthwise')).toMatchObject({
      stride: 1,
      padding: [
        [1, 1],
        [0, 0],
      ],
      groups: 10,
      channels: [1, 2, 3, 4, 6, 7, 8, 9, 10, 11],
      activation: { function: 'relu6' },
    });
    // The sum lacks channel 2, so the first group has two channels left, the second three.
    expect(steps.get('grouped')).toMatchObject({
      stride: [2, 1],
      groups: [
        [2, 2],
        [3, 3],
      ],
      kernel: [3, 2],
      activation: { function: 'none' },
    });
    expect(shapeOf('grouped')).toEqual([3 * 2 * (2 * 2 + 3 * 3)]);
    // Each of its groups maps one channel to two, some of which are dropped.
    expect(steps.get('wide')).toMatchObject({
      groups: [
        [0, 2],
        [0, 1],
        [1, 2],
        [1, 1],
        [1, 2],
        [0, 2],
        [1, 2],
        [1, 2],
      ],
    });
  });

  test('have no dropout left, and pooling windows clipped to these images', () => {
    const steps = made.deployed.network.steps.filter(({ type }) => type !== 'residual');
    expect(steps.map(({ type }) => type)).toEqual([
      'convolution',
      'convolution',
      'average-pool',
      'convolution',
      'max-pool',
      'average-pool',
      'dense',
    ]);
    expect(steps[2]).toEqual({ type: 'average-pool', size: 2, stride: [1, 2], padding: 1 });
    expect(steps[4]).toEqual({ type: 'max-pool', size: [2, 1], stride: 1 });
  });

  test('have a symmetric grid for an activation without a ReLU', () => {
    const { activation } = weighted(made.deployed.network.steps).find(
      ({ name }) => name === 'grouped',
    ) as DeployedLayer;
    expect(activation?.step).toBeCloseTo((2 * (activation?.beta ?? NaN)) / 255, 10);
  });

  test('take at most as many bytes as inspect says, which counts each group’s own channels', () => {
    const { plan, quantizers, deployed } = made;
    const { layers, totals } = inspectNetwork(plan, quantizers);
    const sizeOf = (name: string) => deployed.tensors[`${name}/weight`]?.values.length ?? NaN;
    const macs = (name: string) => layers.find((layer) => layer.name === name)?.macs ?? NaN;
    const bops = (name: string) => layers.find((layer) => layer.name === name)?.bops ?? NaN;
    const sizes = { depthwise: 12 * 3, grouped: 8 * 3 * 3 * 2, wide: 16 * 9, project: 12 * 6 };
    for (const [name, all] of Object.entries(sizes)) {
      expect(bops(name), name).toBeCloseTo((macs(name) * 64 * sizeOf(name)) / all, 6);
    }
    expect(layers.find(({ name }) => name === 'depthwise')).toMatchObject({
      keptChannels: 10,
      droppedWith: 'expand',
    });
    expect(totals.channelGates).toBe(6 + 12 + 6 + 8 + 16);
    const bytes = Object.values(deployed.tensors).reduce(
      (sum, { values }) => sum + values.byteLength,
      0,
    );
    expect(totals.parameterBytes).toBeGreaterThanOrEqual(bytes);
  });
});
