import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { integerEnds } from '../../../src/bayesian-bits/grid.js';
import { deploy, type Deployed } from '../../../src/deployment/deploy.js';
import { planIntegers, type Normalization } from '../../../src/deployment/integer/plan.js';
import { runIntegers } from '../../../src/deployment/integer/run/network.js';
import type { FixedQuantizer } from '../../../src/deployment/network.js';
import { averagePool, convolution, dense, type Layer } from '../../../src/nn/network.js';
import type { QuantizerSite } from '../../../src/nn/plan.js';
import { planNetwork } from '../../../src/nn/plan-network.js';
import { product } from '../../../src/nn/shapes.js';
import { randomStream } from '../../../src/random.js';
import { anyNetwork } from '../../helpers/any-network.js';
import { randomVariables } from '../../helpers/made-run.js';
import { startTestBackend } from '../../helpers/test-backend.js';
import { classes, residualNetwork } from '../trained-and-deployed.js';
import { computeExactly } from './exactly.js';

beforeAll(startTestBackend);

const imageShape = [7, 6, 2];
const gray: Normalization = { mean: [0.3, 0.3], std: [0.2, 0.2] };
const colored: Normalization = { mean: [0.45, 0.5], std: [0.2023, 0.1994] };

type Fix = (site: QuantizerSite) => Pick<FixedQuantizer, 'bits' | 'keptChannels'>;

function deployedNetwork(layers: readonly Layer[], shape: readonly number[], fix: Fix): Deployed {
  const plan = planNetwork({ name: 'test', layers }, shape);
  const variables = randomVariables(plan, randomStream(3, 'integers'));
  const quantizers = plan.quantizers.map((site) => {
    // A range that covers most weights, and one that activations reach at both ends.
    const beta = site.kind === 'weights' ? 0.8 : 1.7;
    return [site.name, { ...fix(site), beta }] as const;
  });
  const deployed = deploy(plan, variables, new Map(quantizers));
  tf.dispose(variables);
  return deployed;
}

/**
 * Expect every integer to be the nearest one to its exact position, or the other one within the derived bound of a
 * tie. Later layers are compared given the same integers.
 */
function expectNearest(deployed: Deployed, images: Normalization, pixels: Uint8Array): void {
  const network = planIntegers(deployed, images);
  const found = new Map<string, ArrayLike<number>>();
  const logits = runIntegers(network, pixels, (name, integers) => {
    expect(integers.every(Number.isSafeInteger), name).toBe(true);
    found.set(name, integers);
  });
  const grids = gridsOf(deployed);
  const exact = computeExactly(deployed, images, pixels, (name, positions) => {
    const integers = found.get(name) ?? [];
    expect(integers.length, name).toBe(positions.length);
    const { lowest, highest } = grids.get(name) ?? { lowest: NaN, highest: NaN };
    const bound = network.roundings.get(name)?.steps ?? NaN;
    positions.forEach((position, at) => {
      const clamped = Math.max(lowest, Math.min(highest, position));
      const slack = bound + 1e-11 * (1 + Math.abs(position));
      expect(Math.abs((integers[at] ?? NaN) - clamped), name).toBeLessThanOrEqual(0.5 + slack);
    });
    return integers;
  });
  expect(logits.every(Number.isSafeInteger)).toBe(true);
  expect(logits.length).toBe(exact.length);
  const { unit, rounding } = network.logits;
  exact.forEach((value, at) => {
    const distance = Math.abs((logits[at] ?? NaN) * unit - value);
    expect(distance).toBeLessThanOrEqual(rounding + 1e-11 * (1 + Math.abs(value)));
  });
}

function gridsOf({ network }: Deployed) {
  const grids = new Map<string, ReturnType<typeof integerEnds>>();
  const add = (steps: typeof network.steps) => {
    for (const step of steps) {
      if (step.type === 'residual') {
        add(step.branch);
        add(step.shortcut);
      }
      if (!('activation' in step) || !step.activation) continue;
      const { bits, function: other } = step.activation;
      grids.set(step.name, integerEnds(bits ?? NaN, other === 'none'));
    }
  };
  add(network.steps);
  return grids;
}

function randomPixels(shape: readonly number[], seed: number): Uint8Array {
  const stream = randomStream(seed, 'pixels');
  return Uint8Array.from({ length: product(shape) }, () => stream.integer(256));
}

const widths = [2, 4, 8, 16] as const;

test('in any network every integer is the nearest one, whatever its widths and dropped channels', () => {
  const arbitrary = fc.record({
    network: anyNetwork(imageShape, classes, 4),
    images: fc.constantFrom(gray, colored),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(arbitrary, ({ network, images, seed }) => {
      const deployed = deployedNetwork(network.layers, imageShape, ({ name, gatedChannels }) => {
        const stream = randomStream(seed, name);
        const share = stream.uniform() < 0.1 ? 1 : 0.3;
        return {
          bits: widths[stream.integer(widths.length)] ?? NaN,
          keptChannels: Array.from({ length: gatedChannels }, () => stream.uniform() > share),
        };
      });
      expectNearest(deployed, images, randomPixels(imageShape, seed));
    }),
    { numRuns: 60 },
  );
});

test('consecutive average pools with padding leave enough bits for wide weights', () => {
  const border = { type: 'average-pool', size: 3, stride: 1, padding: 1 } as const;
  const layers = [
    convolution('stem', 4, 3),
    border,
    border,
    convolution('next', 4, 3),
    averagePool,
    dense('logits', classes),
  ];
  const deployed = deployedNetwork(layers, [9, 9, 2], () => ({ bits: 16, keptChannels: [] }));
  expectNearest(deployed, gray, randomPixels([9, 9, 2], 4));
});

describe.each(['folded', 'unfolded'] as const)('residual blocks with %s batch norm', (kind) => {
  const shape = [12, 12, 2];
  test.each(widths)('at %s bits, with channels dropped on both sides', (bits) => {
    const deployed = deployedNetwork(residualNetwork(kind), shape, (site) => ({
      bits,
      keptChannels: Array.from({ length: site.gatedChannels }, (_, channel) => {
        return (channel + site.name.length) % 3 > 0;
      }),
    }));
    expectNearest(deployed, colored, randomPixels(shape, bits));
  });

  test.each(['stem', 'first-2', 'second-1', 'second-projection', 'hidden'])(
    'without any channel of %s',
    (layer) => {
      const deployed = deployedNetwork(residualNetwork(kind), shape, (site) => ({
        bits: 4,
        keptChannels: Array.from({ length: site.gatedChannels }, () => site.layer !== layer),
      }));
      expectNearest(deployed, colored, randomPixels(shape, 1));
    },
  );
});
