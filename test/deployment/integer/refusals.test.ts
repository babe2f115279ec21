import { describe, expect, test } from 'vitest';
import type {
  DeployedLayer,
  DeployedResidual,
  DeployedStep,
} from '../../../src/deployment/network.js';
import { UserError } from '../../../src/errors.js';
import { planIntegers } from '../../../src/deployment/integer/plan.js';
import { planRescale } from '../../../src/deployment/integer/plan-rescale.js';
import { planSum } from '../../../src/deployment/integer/plan-sum.js';

function refusal(plan: () => unknown): Pick<UserError, 'message' | 'exitCode'> | undefined {
  try {
    plan();
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, exitCode } = error;
    return { message, exitCode };
  }
}

const refused = (found: string) => ({
  message: expect.stringContaining(found) as string,
  exitCode: 2,
});

const convolution = (size: number): DeployedLayer => ({
  type: 'convolution',
  name: 'conv1',
  outputShape: [size, size, 1],
  channels: [0],
  weightBits: 8,
  weight: 'conv1/weight',
  scale: 'conv1/scale',
  bias: 'conv1/bias',
  activation: null,
});
const pool: DeployedStep = { type: 'average-pool' };
const tensors = {
  'conv1/weight': { shape: [1, 1, 1, 1], values: Int8Array.of(1) },
  'conv1/scale': { shape: [1], values: Float32Array.of(1) },
  'conv1/bias': { shape: [1], values: Float32Array.of(0) },
};

describe('a network whose sums exceed 53 bits', () => {
  const planOf = (size: number, steps: readonly DeployedStep[]) => () =>
    planIntegers(
      { network: { name: 'test', imageShape: [size, size, 1], steps }, tensors },
      { mean: [0], std: [1] },
    );

  test('is refused at a pool whose sums are too large, and only there', () => {
    expect(refusal(planOf(4096, [convolution(4096), pool]))).toBeUndefined();
    expect(refusal(planOf(2 ** 16, [convolution(2 ** 16), pool]))).toEqual(
      refused('expected sums of at most 53 bits, found 57 in the average-pool layer after conv1. '),
    );
    const border: DeployedStep = { ...pool, size: 2 ** 16 - 1, stride: 1, padding: 1 };
    expect(refusal(planOf(2 ** 16, [border]))).toEqual(
      refused(' in the average-pool layer after the images. '),
    );
  });

  test('is refused if each term fits, but not their sum', () => {
    const sum: DeployedResidual = {
      ...{ type: 'residual', name: 'block1', outputShape: [1, 1, 1], channels: [0] },
      ...{ branch: [], shortcut: [], branchChannels: [0], shortcutChannels: [0] },
      activation: { bits: 8, beta: 1, step: 1 / 255 },
    };
    const grid = { unit: 1, ends: { low: 0, high: 255 } };
    const planOf = (high: number) => () =>
      planSum(
        sum,
        grid,
        () => ({ shape: [], values: Float32Array.of() }),
        (_, { unit }) => ({
          steps: [],
          output: {
            ...{ shape: [1, 1, 1], units: Float64Array.of(unit), offsets: Float64Array.of(0) },
            ...{ range: { low: 0, high }, error: 0 },
          },
        }),
      );
    expect(refusal(planOf(2 ** 52 - 1))).toBeUndefined();
    expect(refusal(planOf(2 ** 52))).toEqual(
      refused('expected sums of at most 53 bits, found 54 in block1. '),
    );
  });
});

test('a constant that is not finite is refused', () => {
  const constants = {
    ...{ name: 'conv1', units: Float64Array.of(1), constants: Float64Array.of(NaN) },
    ...{ ranges: [{ low: 0, high: 1 }], to: { unit: 1 } },
  };
  expect(refusal(() => planRescale(constants))).toEqual(refused('finite constants in conv1'));
});
