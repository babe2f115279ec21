import { describe, expect, test } from 'vitest';
import {
  bitOperations,
  relativeBopsPercent,
  type LayerCost,
} from '../../src/bayesian-bits/bops.js';
import { lenet5 } from '../../src/models/lenet5.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { readGolden } from '../helpers/golden.js';

/** Values by `LAYER.weight`, `LAYER.weight.channels` and `LAYER.activation`, and `relativeBops`. */
type GoldenCase = Readonly<Record<string, number>>;
interface Golden {
  readonly network: string;
  readonly macs: Readonly<Record<string, number>>;
  readonly cases: readonly GoldenCase[];
}
const golden = readGolden('bops.json') as Golden;

const plan = planNetwork(lenet5({ classes: 10, width: 1, batchNorm: 'folded' }), [28, 28, 1]);
/** The names of the authors' modules. */
const goldenNames: Readonly<Record<string, string>> = {
  conv1: 'features.0.0',
  conv2: 'features.2',
  fc1: 'classifier.0',
  fc2: 'classifier.1',
};

/** The network's input counts as 8 bits. */
function costs(bitsAndChannels: GoldenCase, inputBits = 8): LayerCost[] {
  const channelsOf = new Map(
    plan.layers.map(({ weight, outputShape }) => [weight, outputShape.at(-1)]),
  );
  /** The fraction of a weight tensor's output channels that are kept. */
  const kept = (weight: string) => {
    const all = channelsOf.get(weight) ?? NaN;
    return (bitsAndChannels[`${dotted(weight)}.channels`] ?? all) / all;
  };
  return plan.layers.map(({ macs, weight, reads, producers }) => ({
    macs,
    weightBits: bitsAndChannels[dotted(weight)] ?? NaN,
    activationBits: reads === undefined ? inputBits : (bitsAndChannels[dotted(reads)] ?? NaN),
    keptOutputs: kept(weight),
    keptInputs: reads === undefined ? 1 : kept(producers[0]?.weight ?? ''),
  }));
}

const dotted = (site: string) => site.replace('/', '.');

/** LeNet-5 with the same bit widths everywhere. */
function uniform(weightBits: number, activationBits: number): GoldenCase {
  return Object.fromEntries(
    plan.quantizers.map(({ name, signed }) => [dotted(name), signed ? weightBits : activationBits]),
  );
}

describe('the golden bit operations', () => {
  test('are for LeNet-5, with the same MACs as its plan', () => {
    expect(golden.network).toBe(plan.network);
    expect(
      Object.fromEntries(plan.layers.map(({ name, macs }) => [goldenNames[name], macs])),
    ).toEqual(golden.macs);
  });

  test.each(golden.cases)('give $relativeBops percent', ({ relativeBops, ...bitsAndChannels }) => {
    const unknown = Object.keys(bitsAndChannels).filter(
      (key) => !/^(conv1|conv2|fc1|fc2)\.(weight|weight\.channels|activation)$/.test(key),
    );
    expect(unknown).toEqual([]);
    expect(relativeBopsPercent(costs(bitsAndChannels))).toBeCloseTo(relativeBops as number, 10);
  });
});

describe('relative bit operations', () => {
  test('are 100 percent for a network entirely in full precision, including its input', () => {
    expect(relativeBopsPercent(costs(uniform(32, 32), 32))).toBe(100);
  });

  test('are those of the paper at fixed bit widths', () => {
    expect(relativeBopsPercent(costs(uniform(8, 8)))).toBe(6.25);
    expect(relativeBopsPercent(costs(uniform(4, 4)))).toBeCloseTo(1.7312, 4);
  });

  test('are 0 if all channels are pruned', () => {
    const layer = { macs: 10, weightBits: 8, activationBits: 8, keptOutputs: 0, keptInputs: 1 };
    expect(relativeBopsPercent([layer])).toBe(0);
  });
});

describe('the bit operations of a layer', () => {
  test('are MACs times both bit widths times both fractions of kept channels', () => {
    const layer = {
      macs: 1000,
      weightBits: 4,
      activationBits: 8,
      keptOutputs: 0.5,
      keptInputs: 0.25,
    };
    expect(bitOperations(layer)).toBe(4000);
    expect(relativeBopsPercent([layer, { ...layer, macs: 3000 }])).toBeCloseTo(
      (100 * 16_000) / (4000 * 1024),
      12,
    );
  });
});
