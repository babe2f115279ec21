import { describe, expect, test } from 'vitest';
import { expectedBops } from '../../src/bayesian-bits/expected-bops.js';
import { effectiveBits } from '../../src/bayesian-bits/gates.js';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import { openProbabilities, type OpenProbabilities } from '../../src/bayesian-bits/prior.js';
import { models, type ModelName } from '../../src/models/models.js';
import { averagePool, convolution, dense, residual } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import type { Plan } from '../../src/nn/plan.js';
import { randomStream } from '../../src/random.js';
import { networkCost } from '../../src/setup/network-cost.js';
import { centralDifferences, expectClose } from './differences.js';

/** Two nested sums of layers, and a layer that reads the outer one. */
const small = planNetwork(
  {
    name: 'small',
    layers: [
      convolution('c1', 2, 3),
      residual('r1', [convolution('c2', 2, 1)]),
      residual('r2', [convolution('c3', 1, 1), convolution('c4', 2, 1)]),
      averagePool,
      dense('d', 3),
    ],
  },
  [4, 4, 1],
);

/** Groups of two channels, and a depthwise layer, which shares its dropped channels with its input. */
const inGroups = planNetwork(
  {
    name: 'in groups',
    layers: [
      convolution('c1', 4, 1),
      convolution('pairs', 6, 1, { groups: 2 }),
      convolution('depthwise', 6, 3, { groups: 6 }),
      convolution('narrow', 2, 1),
      averagePool,
      dense('d', 3),
    ],
  },
  [4, 4, 1],
);

/** A depthwise layer with a shortcut around it: the same gates reach the sum on both paths. */
const onBothWays = planNetwork(
  {
    name: 'on both ways',
    layers: [
      convolution('c1', 2, 1),
      residual('r1', [convolution('depthwise', 2, 3, { groups: 2, padding: 1 })]),
      averagePool,
      dense('d', 3),
    ],
  },
  [4, 4, 1],
);

const gatesOf = (plan: Plan) =>
  plan.quantizers.reduce((sum, { gatedChannels }) => sum + gatedChannels + 4, 0);

/** One number for each gate of each quantizer. */
function parted(plan: Plan, values: readonly number[]) {
  let at = 0;
  const take = (count: number) => values.slice(at, (at += count));
  return plan.quantizers.map(({ gatedChannels }) => ({
    channels: Float64Array.from(take(gatedChannels)),
    bits: take(4),
  }));
}

const priced = (plan: Plan) =>
  expectedBops(
    plan,
    plan.quantizers.map((site) => ({ ...site, smallest: 2 })),
  );

/** Gates that are open with the given probabilities. */
const withProbabilities = (plan: Plan, q: readonly number[]): OpenProbabilities[] =>
  parted(plan, q).map((q) => ({ q, dLogQ: q }));

/** The BOPs counted when each gate is either open or shut. */
function counted(plan: Plan, isOpen: readonly number[]): number {
  const quantizers = parted(plan, isOpen).map(
    ({ channels, bits }, index) =>
      [
        plan.quantizers[index]?.name ?? '',
        {
          bits: effectiveBits(bits),
          rounded: true,
          keptChannels: Array.from(channels, (open) => open === 1),
        },
      ] as const,
  );
  return networkCost(plan, new Map(quantizers)).relativeBopsPercent;
}

describe('the expected bit operations', () => {
  test.each(Object.keys(models) as ModelName[])(
    'of %s are the counted ones if every gate is open or shut with certainty',
    (name) => {
      const shape = name === 'lenet5' ? [28, 28, 1] : [32, 32, 3];
      const network = models[name]({ classes: 10, width: 0.25, batchNorm: 'unfolded' });
      const plan = planNetwork(network, shape);
      const price = priced(plan);
      const stream = randomStream(3, name);
      for (const share of [0, 0.2, 0.5, 0.8, 1]) {
        const gates = Array.from({ length: gatesOf(plan) }, () =>
          stream.uniform() < share ? 1 : 0,
        );
        const { value } = price(withProbabilities(plan, gates));
        expect(value).toBeCloseTo(counted(plan, gates), 9);
      }
    },
  );

  test('of grouped layers are the counted ones', () => {
    const stream = randomStream(5, 'groups');
    const price = priced(inGroups);
    for (let time = 0; time < 50; time++) {
      const gates = Array.from({ length: gatesOf(inGroups) }, () => stream.integer(2));
      const { value } = price(withProbabilities(inGroups, gates));
      expect(value).toBeCloseTo(counted(inGroups, gates), 9);
    }
  });

  test.each([
    ['sums of layers', small],
    ['a depthwise layer and the shortcut around it', onBothWays],
  ])(
    'of %s are the counted ones averaged over all gate states, weighted by probability',
    (_, plan) => {
      const stream = randomStream(4, 'probabilities');
      // Gates of 16 and 32 bits are shut, so that the remaining combinations can be enumerated.
      const isShut = parted(plan, [...new Array<number>(gatesOf(plan)).keys()]).flatMap(
        ({ channels, bits }) => [...channels, ...bits].map((_, at) => at >= channels.length + 1),
      );
      const q = isShut.map((shut) => (shut ? 0 : 0.1 + 0.8 * stream.uniform()));
      const free = q.flatMap((each, at) => (each > 0 ? [at] : []));
      expect(free.length).toBeLessThan(18);
      let mean = 0;
      for (let choice = 0; choice < 2 ** free.length; choice++) {
        const gates = q.map(() => 0);
        let probability = 1;
        free.forEach((at, bit) => {
          gates[at] = (choice >> bit) & 1;
          probability *= gates[at] === 1 ? (q[at] ?? NaN) : 1 - (q[at] ?? NaN);
        });
        mean += probability * counted(plan, gates);
      }
      expect(priced(plan)(withProbabilities(plan, q)).value).toBeCloseTo(mean, 9);
    },
  );

  test('of a network in full precision are 100 %, including its 32-bit input', () => {
    expect(expectedBops(small, [])([]).value).toBeCloseTo(100, 12);
    // Pruning only: nothing is rounded, and no bit widths are learned.
    const pruned = small.quantizers.map((site) => ({
      ...site,
      rounded: false,
      smallest: 2 as const,
    }));
    const open = withProbabilities(small, new Array<number>(gatesOf(small)).fill(1));
    expect(expectedBops(small, pruned)(open).value).toBeCloseTo(100, 12);
  });
});

test.each([
  ['a sum of sums', small],
  ['grouped layers', inGroups],
  ['a depthwise layer and the shortcut around it', onBothWays],
  [
    'a tensor that two layers read',
    planNetwork(
      {
        name: 'two readers',
        layers: [
          convolution('c1', 2, 3),
          residual('r1', [convolution('c2', 3, 1)], [convolution('s1', 3, 1)]),
          averagePool,
          dense('d', 3),
        ],
      },
      [4, 4, 1],
    ),
  ],
  [
    'LeNet-5',
    planNetwork(models.lenet5({ classes: 10, width: 0.1, batchNorm: 'folded' }), [28, 28, 1]),
  ],
])('the gradients for %s match central differences', (_, plan) => {
  const price = priced(plan);
  const open = (phi: readonly number[]) =>
    parted(plan, phi).map((gates) => openProbabilities(hardConcrete, gates));
  const phi = Array.from({ length: gatesOf(plan) }, (_, at) => 2 * Math.sin(at));
  const expected = centralDifferences((phi) => price(open(phi)).value, phi);
  const found = price(open(phi)).gradients.flatMap(({ channels, bits }) => [...channels, ...bits]);
  expectClose(found, expected, 1e-8);
});
