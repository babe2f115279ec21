import { learnedGates } from '../helpers/learned-gates.js';
import { describe, expect, test } from 'vitest';
import { lenet5 } from '../../src/models/lenet5.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import {
  betaOf,
  initQuantizers,
  noNoise,
  phiOf,
  testTimeQuantizer,
  uniformNoise,
  withBeta,
  smallestBeta,
} from '../../src/training/quantizer-state.js';

const plan = planNetwork(lenet5({ classes: 10, width: 1, batchNorm: 'folded' }), [28, 28, 1]);
const initial = { 2: 6, 4: 5, 8: 4, 16: -3, 32: -4 };
const setups = learnedGates(plan.quantizers, initial);
const quantizers = initQuantizers(setups);
const [conv1] = quantizers;
if (!conv1) throw new Error('LeNet-5 has quantizers.');

test('quantizers start with the given phi', () => {
  expect(phiOf(conv1)).toEqual({
    channels: new Float64Array(32).fill(6),
    bits: [5, 4, -3, -4],
  });
});

test('a range never falls below its minimum', () => {
  expect(betaOf(withBeta(conv1, -1))).toBe(smallestBeta);
  expect(betaOf(withBeta(conv1, 2))).toBe(2);
});

test('test-time gates determine bits and kept channels', () => {
  expect(testTimeQuantizer(conv1)).toEqual({
    bits: 8,
    rounded: true,
    keptChannels: new Array(32).fill(true),
  });
});

describe('noise', () => {
  test('is uniform, and different every time', () => {
    const noise = uniformNoise(randomStream(1, 'test'));
    const [a, b] = [noise(conv1.site), noise(conv1.site)];
    expect(a.channels).toHaveLength(32);
    expect(a.bits).toHaveLength(4);
    expect(a.bits).not.toEqual(b.bits);
  });

  test('is 1/2 for deterministic gates', () => {
    expect(noNoise(conv1.site)).toEqual({
      channels: new Float64Array(32).fill(0.5),
      bits: [0.5, 0.5, 0.5, 0.5],
    });
  });
});
