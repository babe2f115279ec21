import { describe, expect, test } from 'vitest';
import { lenet5 } from '../../src/models/lenet5.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { networkCost, type TestTimeQuantizer } from '../../src/setup/network-cost.js';
import { readGolden } from '../helpers/golden.js';

interface GoldenBops {
  readonly macs: Readonly<Record<string, number>>;
  readonly cases: readonly Readonly<Record<string, number>>[];
}

const golden = readGolden('bops.json') as GoldenBops;
const plan = planNetwork(lenet5({ classes: 10, width: 1, batchNorm: 'folded' }), [28, 28, 1]);

/** All sites of the plan with these bits, and this many channels kept; the first ones are dropped. */
function quantizers(
  bitsOf: (site: string) => number,
  keptOf: (site: string) => number | undefined = () => undefined,
): Map<string, TestTimeQuantizer> {
  return new Map(
    plan.quantizers.map(({ name, gatedChannels }) => {
      const kept = keptOf(name) ?? gatedChannels;
      const keptChannels = Array.from(
        { length: gatedChannels },
        (_, i) => i >= gatedChannels - kept,
      );
      return [name, { bits: bitsOf(name), rounded: true, keptChannels }];
    }),
  );
}

test('the layers match the golden MACs', () => {
  expect(plan.layers.map(({ macs }) => macs)).toEqual(Object.values(golden.macs));
});

describe.each(golden.cases.map((one, index) => [index, one] as const))(
  'golden case %i',
  (_, one) => {
    test('matches the golden relative BOPs', () => {
      const key = (site: string) => site.replace('/', '.');
      const cost = networkCost(
        plan,
        quantizers(
          (site) => one[key(site)] ?? NaN,
          (site) => one[`${key(site)}.channels`],
        ),
      );
      expect(cost.relativeBopsPercent).toBeCloseTo(one['relativeBops'] ?? NaN, 9);
    });
  },
);

test('LeNet-5 has 4.37 GBOPs at full precision, 6.25 % of them at w8a8, 1.7312 % at w4a4', () => {
  const full = networkCost(plan, new Map());
  expect(full.bops / 1e9).toBeCloseTo(4.3694, 4);
  expect(full.relativeBopsPercent).toBe(100);
  expect(
    networkCost(
      plan,
      quantizers(() => 8),
    ).relativeBopsPercent,
  ).toBeCloseTo(6.25, 10);
  expect(
    networkCost(
      plan,
      quantizers(() => 4),
    ).relativeBopsPercent,
  ).toBeCloseTo(1.7312, 4);
});

test('a channel of a sum is dropped only if both terms drop it', () => {
  const [first, second, ...others] = plan.layers;
  if (!first || !second) throw new Error('LeNet-5 has layers.');
  const producers = ['a', 'b'].map((weight) => ({ weight, channels: 4, first: 0 }));
  const sum = { ...plan, layers: [first, { ...second, inputChannels: 4, producers }, ...others] };
  const quantizer = (kept: boolean[]) => ({ bits: 8, rounded: true, keptChannels: kept });
  const cost = networkCost(
    sum,
    new Map([
      ['a', quantizer([true, true, false, false])],
      ['b', quantizer([true, false, true, false])],
    ]),
  );
  expect(cost.layers[1]?.cost.keptInputs).toBe(0.75);
});

test('with pruning alone, the input counts 32 bits like everything else', () => {
  const dropped = new Map(
    plan.quantizers.map(({ name, gatedChannels }) => {
      const keptChannels = Array.from({ length: gatedChannels }, (_, i) => i % 2 === 0);
      return [name, { bits: 32, rounded: false, keptChannels }] as const;
    }),
  );
  const { layers, relativeBopsPercent } = networkCost(plan, dropped);
  expect(layers.map(({ cost }) => cost.activationBits)).toEqual([32, 32, 32, 32]);
  const [conv1, conv2, fc1, fc2] = [460800, 3276800, 524288, 5120];
  const kept = conv1 / 2 + conv2 / 4 + fc1 / 4 + fc2 / 2;
  expect(relativeBopsPercent).toBeCloseTo((100 * kept) / (conv1 + conv2 + fc1 + fc2), 10);
});

test('the layers’ shares of the network’s bit operations add up to 100 %, or are 0 if there are none', () => {
  const { layers, bops } = networkCost(
    plan,
    quantizers(() => 8),
  );
  const shares = layers.map(({ shareOfBopsPercent }) => shareOfBopsPercent);
  expect(shares).toEqual(layers.map((layer) => (100 * layer.bops) / bops));
  expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(100, 10);

  const none = networkCost(
    plan,
    quantizers(
      () => 8,
      () => 0,
    ),
  );
  expect(none.bops).toBe(0);
  expect(none.layers.map(({ shareOfBopsPercent }) => shareOfBopsPercent)).toEqual([0, 0, 0, 0]);
  expect(none).toMatchObject({ gbops: 0, relativeBopsPercent: 0, isConstant: true });
  expect(networkCost(plan, new Map()).isConstant).toBe(false);
});
