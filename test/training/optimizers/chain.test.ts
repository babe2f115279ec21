import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { chain } from '../../../src/training/optimizers/chain.js';
import { clipByGlobalNorm } from '../../../src/training/optimizers/clip.js';
import { decayWeights } from '../../../src/training/optimizers/decay.js';
import { descend, scaleByLearningRate } from '../../../src/training/optimizers/descend.js';
import { nesterovMomentum } from '../../../src/training/optimizers/nesterov.js';
import {
  adamW,
  nesterovSgd,
  weightOptimizer,
  type Optimizer,
} from '../../../src/training/optimizers/optimizers.js';
import { optimizerSteps } from '../../helpers/optimizer-steps.js';
import { startTestBackend } from '../../helpers/test-backend.js';

beforeAll(startTestBackend);

const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };
/** Values after one step from [3, 4] of plain gradient descent, after the given transforms. */
const descended = (gradient: number[], ...first: Optimizer[]) =>
  optimizerSteps(chain(...first, descend), [3, 4], [gradient])[0];

describe('clipping', () => {
  test('leaves short gradients unchanged, bit for bit', () => {
    const short = [0.3, -0.39];
    expect(descended(short, clipByGlobalNorm(0.5))).toEqual(descended(short));
  });

  test('scales long ones down to the norm, keeping their direction', () => {
    const [x, y] = descended([6, -8], clipByGlobalNorm(5)) ?? [];
    expect(x).toBeCloseTo(3 - 3, 6);
    expect(y).toBeCloseTo(4 + 4, 6);
  });

  test('uses the global norm over all variables', () => {
    const { clipFactor } = clipByGlobalNorm(2).shared([tf.tensor1d([2, 2]), tf.tensor1d([2, 2])]);
    expect(clipFactor?.dataSync()[0]).toBeCloseTo(0.5, 6);
  });
});

describe('weight decay', () => {
  const decay = decayWeights({ learningRate: 0.1, weightDecay: 0.5 });
  const after = (...transforms: Optimizer[]) =>
    optimizerSteps(chain(...transforms), [3, 4], [[6, -8]])[0]?.map((value) =>
      Number(value.toFixed(5)),
    );

  test('is decoupled from the gradient and its clipping', () => {
    const [plain, clipped] = [descend, clipByGlobalNorm(5)];
    expect(after(plain, decay)).toEqual([3 - 6 - 0.15, 4 + 8 - 0.2]);
    expect(after(clipped, plain, decay)).toEqual([3 - 3 - 0.15, 4 + 4 - 0.2]);
  });

  test('applies to the value before the step', () => {
    expect(after(decay)).toEqual([2.85, 3.8]);
    expect(after(decay, descend)).toEqual(after(descend, decay));
  });

  test('needs no rate if it is 0', () => {
    expect(Object.keys(adamW(adam).rates)).toEqual(['rate', 'rootScale']);
    expect(Object.keys(adamW({ ...adam, weightDecay: 0 }).rates)).toEqual(['rate', 'rootScale']);
    expect(Object.keys(adamW({ ...adam, weightDecay: 1 }).rates)).toContain('decay');
  });
});

describe('a chain', () => {
  const gradients = [
    [1, 2],
    [0, -4],
  ];
  const parts = [
    clipByGlobalNorm(1),
    nesterovMomentum({ momentum: 0.5 }),
    scaleByLearningRate(0.1),
    descend,
  ] as const;

  test('of chains equals the chain of their transforms', () => {
    const nested = chain(chain(parts[0], parts[1]), chain(parts[2], parts[3]));
    expect(nested.slots).toEqual(['nesterov/m']);
    expect(optimizerSteps(nested, [1, -2], gradients)).toEqual(
      optimizerSteps(chain(...parts), [1, -2], gradients),
    );
  });

  test('is an optimizer, such as clipping before a named one', () => {
    const sgd = { name: 'sgd', learningRate: 0.1, momentum: 0.5 } as const;
    const expected = optimizerSteps(chain(...parts), [1, -2], gradients);
    expect(optimizerSteps(weightOptimizer(sgd, 1), [1, -2], gradients)).toEqual(expected);
    expect(optimizerSteps(weightOptimizer(sgd), [1, -2], gradients)).not.toEqual(expected);
  });

  test('names its slots like checkpoints do', () => {
    expect(adamW(adam).slots).toEqual(['adam/m', 'adam/v']);
    expect(nesterovSgd({ learningRate: 0.1, momentum: 0.5 }).slots).toEqual(['nesterov/m']);
  });

  test('refuses two slots, rates or shared values of one name', () => {
    const twice = (part: Optimizer) => () => chain(part, part);
    expect(twice(parts[1])).toThrow('chain: two slots are named "nesterov/m"');
    expect(twice(parts[2])).toThrow('chain: two rates are named "rate"');
    expect(() => chain(parts[0], parts[0]).shared([tf.tensor1d([1])])).toThrow(
      'chain: two shared values are named "clipFactor"',
    );
  });

  test('that never changes the value is not an optimizer', () => {
    expect(() => optimizerSteps(parts[2], [1, -2], gradients)).toThrow(
      'optimizer: no transform changes the value; end its chain with descend',
    );
  });
});
