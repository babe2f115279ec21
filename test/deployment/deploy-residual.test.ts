import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DeployedResidual, DeployedStep } from '../../src/deployment/network.js';
import { infer } from '../../src/deployment/infer.js';
import { inspectNetwork } from '../../src/inspection/network-inspection.js';
import { startTestBackend } from '../helpers/test-backend.js';
import { asFirstFormat } from './first-format.js';
import {
  allBits,
  classes,
  eightBits,
  fourBits,
  largestDifference,
  residualNetwork,
  sixteenBits,
  trainedAndDeployed,
  type TrainedAndDeployed,
} from './trained-and-deployed.js';

beforeAll(startTestBackend);

function stepNamed(steps: readonly DeployedStep[], name: string): DeployedStep {
  const all = steps.flatMap((step): DeployedStep[] =>
    step.type === 'residual' ? [step, ...step.branch, ...step.shortcut] : [step],
  );
  const found = all.find((step) => 'name' in step && step.name === name);
  if (!found) throw new Error(`no step ${name}`);
  return found;
}

/** Dropped channels of the trunk, branches and the projection; some on both sides of a sum. */
const dropped: Record<string, readonly number[]> = {
  'stem/weight': [1, 4],
  'first-1/weight': [0, 2],
  'first-2/weight': [1, 2],
  'second-1/weight': [3],
  'second-2/weight': [0, 5, 7],
  'second-projection/weight': [0, 6, 7],
  'third-1/weight': [1, 5],
  'third-2/weight': [0, 3, 11],
  'hidden/weight': [2],
};

describe.each(['folded', 'unfolded'] as const)('a residual network, batch norm %s', (kind) => {
  const widths: Record<string, number[]> = {
    'stem/weight': eightBits,
    'first-1/weight': fourBits,
    'first/activation': allBits,
    'second-1/weight': sixteenBits,
    'second-projection/weight': allBits,
    'second/activation': sixteenBits,
    'third-1/activation': fourBits,
  };
  let made: TrainedAndDeployed;
  beforeAll(() => {
    made = trainedAndDeployed(residualNetwork(kind), [12, 12, 2], ({ name }) => ({
      bits: widths[name] ?? eightBits,
      dropped: dropped[name] ?? [],
    }));
  });

  test('gives the gated logits without its dropped channels, and is smaller', () => {
    const { gated, logits, deployed } = made;
    expect(Math.max(...gated) - Math.min(...gated)).toBeGreaterThan(0.2);
    expect(largestDifference(gated, logits)).toBeLessThan(1e-4);

    const { tensors, network } = deployed;
    expect(tensors['stem/weight']?.shape).toEqual([3, 3, 2, 4]);
    // The sum lacks channel 1, dropped by both stem and branch, but not 2 and 4.
    expect(tensors['second-1/weight']?.shape).toEqual([3, 3, 5, 6]);
    const second = stepNamed(network.steps, 'second') as DeployedResidual;
    expect(second.channels).toEqual([1, 2, 3, 4, 5, 6]);
    expect(second.branchChannels).toEqual([0, 1, 2, 3, 5]);
    expect(second.shortcutChannels).toEqual([0, 1, 2, 3, 4]);
    // The shortcut pads with zeros, so the sum lacks 0 and 11, which the branch drops as well.
    const third = stepNamed(network.steps, 'third') as DeployedResidual;
    expect(third.channels).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(tensors['hidden/weight']?.shape).toEqual([10, 8]);
    expect(tensors['logits/weight']?.shape).toEqual([8, classes]);
  });

  test('has integer weights of their bit widths', () => {
    const { tensors } = made.deployed;
    const values = (name: string) => tensors[`${name}/weight`]?.values;
    expect(values('first-1')).toBeInstanceOf(Int8Array);
    expect(Math.max(...(values('first-1') ?? []))).toBeLessThanOrEqual(7);
    expect(Math.max(...(values('first-1') ?? []))).toBeGreaterThan(3);
    expect(values('second-1')).toBeInstanceOf(Int16Array);
    expect(values('second-projection')).toBeInstanceOf(Float32Array);
  });

  test('has separate biases at borders, where dropped channels contribute less', () => {
    const { tensors } = made.deployed;
    // Three rows and three columns of biases for a 3x3 layer, two with a stride of 2.
    const bias = tensors['first-1/bias'];
    expect(bias?.shape).toEqual([3, 3, 3]);
    const ends = [0, ...new Array<number>(10).fill(1), 2];
    for (const along of ['rows', 'columns']) {
      expect(Array.from(tensors[`first-1/bias-${along}`]?.values ?? [])).toEqual(ends);
    }
    const at = (row: number, column: number) => bias?.values[(row * 3 + column) * 3];
    expect(at(0, 0)).not.toBe(at(1, 1));
    expect(at(2, 1)).not.toBe(at(1, 1));
    // With folded batch norm, the dropped input channels emit 0.
    expect(tensors['third-1/bias']?.shape).toEqual(kind === 'unfolded' ? [2, 2, 4] : [4]);
    // Biases that are the same everywhere have no index of positions.
    expect(tensors['stem/bias']?.shape).toEqual([4]);
    expect(tensors).not.toHaveProperty('stem/bias-rows');
  });

  test('is no larger than inspect says, which counts the constants of dropped channels', () => {
    const { plan, quantizers, deployed } = made;
    const bitsOf = (name: string) => quantizers.get(name)?.bits ?? NaN;
    const bytes = Object.entries(deployed.tensors).map(([name, { values }]) =>
      quantizers.has(name) ? Math.ceil((values.length * bitsOf(name)) / 8) : values.byteLength,
    );
    const total = bytes.reduce((sum, each) => sum + each);
    const { parameterBytes } = inspectNetwork(plan, quantizers).totals;
    expect(parameterBytes).toBeGreaterThanOrEqual(total);
    expect(parameterBytes).toBeLessThan(1.2 * total);
  });

  test('is still read from the first format, with a bias for each pixel', () => {
    const { deployed, images, logits } = made;
    const old = asFirstFormat(deployed);
    expect(old.tensors['first-1/bias']?.shape).toEqual([12, 12, 3]);
    const again = tf.tidy(() => infer(old, tf.tensor(images.values, images.shape)).dataSync());
    expect(Array.from(again)).toEqual(Array.from(logits));
  });
});
