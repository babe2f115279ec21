import { beforeAll, expect, test } from 'vitest';
import { adamNumbers, initAdamNumbers } from '../../../src/training/optimizers/adam.js';
import { adamW } from '../../../src/training/optimizers/optimizers.js';
import { optimizerSteps } from '../../helpers/optimizer-steps.js';
import { startTestBackend } from '../../helpers/test-backend.js';

beforeAll(startTestBackend);

const settings = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };
const gradients = [
  [1, -2, 0.001],
  [0.5, 3, -0.002],
  [-1, 0, 0],
];

/** Algorithm 1 of the paper, with epsilon after bias correction; one rate per step, and decay. */
function reference(start: number[], rates = [0.01, 0.01, 0.01], weightDecay = 0): number[] {
  const w = [...start];
  const m = w.map(() => 0);
  const v = w.map(() => 0);
  gradients.forEach((gradient, step) => {
    const rate = rates[step] ?? NaN;
    gradient.forEach((g, i) => {
      m[i] = 0.9 * (m[i] ?? NaN) + 0.1 * g;
      v[i] = 0.999 * (v[i] ?? NaN) + 0.001 * g * g;
      const mHat = (m[i] ?? NaN) / (1 - 0.9 ** (step + 1));
      const vHat = (v[i] ?? NaN) / (1 - 0.999 ** (step + 1));
      const before = w[i] ?? NaN;
      w[i] = before - (rate * mHat) / (Math.sqrt(vHat) + 1e-3) - rate * weightDecay * before;
    });
  });
  return w;
}

const falling = (epochsDone: number) => 0.01 / (1 + epochsDone);
const fallen = [0.01, 0.01 / 2, 0.01 / 3];

test.each([
  ['one rate', settings, undefined],
  ['a falling rate', { ...settings, learningRate: falling }, fallen],
])('matches the published algorithm on numbers, with %s', (_, own, rates) => {
  let adam = initAdamNumbers(Float64Array.of(1, 2, 3));
  gradients.forEach((gradient, step) => {
    const at = { t: step + 1, epochsDone: step };
    adam = adamNumbers(own, at, adam, Float64Array.from(gradient));
  });
  reference([1, 2, 3], rates).forEach((expected, i) => {
    expect(adam.value[i]).toBeCloseTo(expected, 12);
  });
});

test.each([
  ['one rate', settings, reference([1, 2, 3])],
  ['a falling rate', { ...settings, learningRate: falling }, reference([1, 2, 3], fallen)],
  [
    'weight decay that falls with the rate',
    { ...settings, learningRate: falling, weightDecay: 2 },
    reference([1, 2, 3], fallen, 2),
  ],
])('matches the algorithm on tensors too, with %s', (_, own, expected) => {
  const found = optimizerSteps(adamW(own), [1, 2, 3], gradients).at(-1);
  expected.forEach((value, i) => {
    expect(found?.[i]).toBeCloseTo(value, 6);
  });
});
