import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { UserError } from '../../src/errors.js';
import { checkBudget, meetBudget } from '../../src/training/budget.js';
import type { BitWidth } from '../../src/bayesian-bits/gates.js';
import { unpackGates } from '../../src/bayesian-bits/gate-values.js';
import { setUpGates } from '../../src/setup/gate-setup.js';
import { networkCost } from '../../src/setup/network-cost.js';
import { planFor } from '../../src/setup/plan-for-config.js';
import { randomStream } from '../../src/random.js';
import {
  fixedGates,
  initQuantizers,
  testTimeQuantizer,
  testTimeQuantizers,
  withBits,
  withFixedGates,
  withPhi,
  type QuantizerState,
} from '../../src/training/quantizer-state.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';

const dataset = learnableDataset(130, 60);

function configured(...overrides: string[]) {
  return parseConfig('dataset: mnist\nmodel: { name: lenet5 }', 'c', overrides);
}

function quantizersOf(quantization: string, width = 1) {
  const config = configured(`quantization=${quantization}`, `model.width=${width}`);
  const plan = planFor(config.model, dataset);
  return { plan, quantizers: initQuantizers(setUpGates(plan, config)) };
}

const percentOf = (plan: ReturnType<typeof planFor>, quantizers: readonly QuantizerState[]) =>
  networkCost(plan, testTimeQuantizers(quantizers)).relativeBopsPercent;

/** The cost with all channels, at the learned widths. */
function mostPercent(plan: ReturnType<typeof planFor>, quantizers: readonly QuantizerState[]) {
  const all = quantizers.map((quantizer) => {
    const open = mapPhi(quantizer, (phi, isFixed) => (isFixed ? phi : 1000));
    return withBits(open, testTimeQuantizer(quantizer).bits as BitWidth);
  });
  return percentOf(plan, all);
}

/** A quantizer whose phi are changed one by one, numbered as in its state. */
function mapPhi(
  quantizer: QuantizerState,
  change: (phi: number, isFixed: boolean, at: number) => number,
): QuantizerState {
  const isFixed = fixedGates(quantizer);
  const phi = quantizer.phi.value.map((phi, at) => change(phi, isFixed[at] === true, at));
  return withPhi(quantizer, unpackGates(phi));
}

/** Quantizers with arbitrary phi in their learned gates. */
function anyGates({ quantizers }: ReturnType<typeof quantizersOf>) {
  const count = quantizers.reduce((sum, { phi }) => sum + phi.value.length, 0);
  const anyPhi = fc.double({ min: -8, max: 8, noNaN: true });
  return fc.array(anyPhi, { minLength: count, maxLength: count }).map((values) => {
    let at = 0;
    return quantizers.map((quantizer) =>
      mapPhi(quantizer, (phi, isFixed) => {
        const value = values[at++] ?? NaN;
        return isFixed ? phi : value;
      }),
    );
  });
}

/** Costs of the network with one more channel, or one tensor at its next allowed width. */
function costsWithAnother(
  plan: ReturnType<typeof planFor>,
  gates: readonly QuantizerState[],
  met: readonly QuantizerState[],
): number[] {
  return met.flatMap((quantizer, index) => {
    const { gatedChannels } = quantizer.site;
    const shut = [...quantizer.phi.value.entries()].flatMap(([at, phi]) => (phi < 0 ? [at] : []));
    const widest = testTimeQuantizer(gates[index] ?? quantizer).bits;
    const isWidest = testTimeQuantizer(quantizer).bits === widest;
    const width = isWidest ? undefined : shut.find((at) => at >= gatedChannels);
    return [
      ...shut.filter((at) => at < gatedChannels),
      ...(width === undefined ? [] : [width]),
    ].map((opened) =>
      percentOf(
        plan,
        met.with(
          index,
          mapPhi(quantizer, (phi, _, at) => (at === opened ? 1000 : phi)),
        ),
      ),
    );
  });
}

describe('meetBudget', () => {
  test('with channel gates, fixes all gates and ends within 5 % of the budget, or as near as gates allow', () => {
    const start = quantizersOf('{}');
    fc.assert(
      fc.property(
        anyGates(start),
        fc.double({ min: 0.1, max: 6, noNaN: true }),
        (gates, target) => {
          const met = meetBudget(start.plan, gates, target);
          const percent = percentOf(start.plan, met);
          expect(percent).toBeLessThanOrEqual(target);
          const isNear = percent > 0.95 * Math.min(target, mostPercent(start.plan, gates));
          // The learned widths may be too coarse, with no room for another gate.
          expect(
            isNear || costsWithAnother(start.plan, gates, met).every((cost) => cost > target),
          ).toBe(true);
          expect(met.flatMap(fixedGates).every(Boolean)).toBe(true);
          for (const { keptChannels } of testTimeQuantizers(met).values()) {
            expect(keptChannels.length === 0 || keptChannels.includes(true)).toBe(true);
          }
        },
      ),
      { numRuns: 8, endOnFailure: true },
    );
  });

  test('without channel gates, leaves no gate that could still be opened', () => {
    const start = quantizersOf('{channels: all}', 0.2);
    fc.assert(
      fc.property(
        anyGates(start),
        fc.double({ min: 0.9, max: 6, noNaN: true }),
        (gates, target) => {
          const met = meetBudget(start.plan, gates, target);
          expect(percentOf(start.plan, met)).toBeLessThanOrEqual(target);
          met.forEach((quantizer, index) => {
            const shut = quantizer.phi.value.findIndex((phi) => phi < 0);
            const widest = testTimeQuantizer(gates[index] ?? quantizer).bits;
            if (testTimeQuantizer(quantizer).bits === widest) return;
            // Opening it opens all widths up to the next closed gate.
            const more = met.with(
              index,
              mapPhi(quantizer, (phi, _, at) => (at === shut ? 1000 : phi)),
            );
            expect(percentOf(start.plan, more)).toBeGreaterThan(target);
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  test('gives no tensor more bits than it learned, however much of the budget is unused', () => {
    for (const quantization of ['{}', '{channels: all}']) {
      const start = quantizersOf(quantization, 0.2);
      fc.assert(
        fc.property(
          anyGates(start),
          fc.double({ min: 1, max: 100, noNaN: true }),
          (gates, target) => {
            const widths = (quantizers: readonly QuantizerState[]) =>
              quantizers.map((quantizer) => testTimeQuantizer(quantizer).bits);
            const learned = widths(gates);
            widths(meetBudget(start.plan, gates, target)).forEach((bits, index) => {
              expect(bits).toBeLessThanOrEqual(learned[index] ?? NaN);
            });
          },
        ),
        { numRuns: 8 },
      );
    }
  });

  test('opens gates in the order of their learned phi, and leaves fixed ones unchanged', () => {
    const { plan, quantizers } = quantizersOf('{weights: 4, activations: 8}');
    const stream = randomStream(1, 'phi');
    const learned = quantizers.map((quantizer) =>
      mapPhi(quantizer, (phi, isFixed) => (isFixed ? phi : 4 * stream.normal())),
    );
    const met = meetBudget(plan, learned, 1);
    const gates = learned.flatMap(({ phi, site: { gatedChannels } }, index) => {
      const fixed = met[index]?.phi.value;
      expect(fixed?.slice(gatedChannels)).toEqual(phi.value.slice(gatedChannels));
      return Array.from(phi.value.subarray(0, gatedChannels), (phi, at) => {
        return { index, phi, isOpen: (fixed?.[at] ?? NaN) > 0 };
      });
    });
    const shut = gates.filter(({ isOpen }) => !isOpen).map(({ phi }) => phi);
    const first = Math.max(...shut);
    // Opening all gates with a phi at least that of the best closed one would exceed the budget.
    const most = learned.map((quantizer) => {
      const { phi, site } = quantizer;
      const best = Math.max(...phi.value.subarray(0, site.gatedChannels));
      const isFixed = fixedGates(quantizer);
      return withFixedGates(quantizer, (value, at) =>
        isFixed[at] ? value > 0 : value >= Math.min(first, best),
      );
    });
    expect(percentOf(plan, met)).toBeLessThanOrEqual(1);
    expect(percentOf(plan, most)).toBeGreaterThan(1);
    // Channels of one layer cost the same, so those with the largest phi are open.
    for (const index of new Set(gates.map(({ index }) => index))) {
      const ofLayer = gates.filter((gate) => gate.index === index);
      const [open, others] = [true, false].map((isOpen) =>
        ofLayer.filter((gate) => gate.isOpen === isOpen).map(({ phi }) => phi),
      );
      expect(open?.length).toBeGreaterThan(1);
      expect(others?.length).toBeGreaterThan(1);
      expect(Math.min(...(open ?? []))).toBeGreaterThan(Math.max(...(others ?? [])));
    }
  });
});

function toldBy(refused: () => void): number {
  try {
    refused();
  } catch (error) {
    const [, least = ''] = /at least (\S+),/.exec(String(error)) ?? [];
    return Number(least);
  }
  throw new Error('not refused');
}

describe('checkBudget', () => {
  test.each([
    [
      '{channels: all}',
      0.3,
      /found 0\.3, expected at least 0\.\d+, the cost of lenet5 with the smallest/,
    ],
    [
      '{channels: all, smallest: 4}',
      0.3,
      /found 0\.3, expected at least 1\.\d+, the cost of lenet5 with the smallest/,
    ],
  ])('refuses %s at %d percent', (quantization, target, message) => {
    const { plan, quantizers } = quantizersOf(quantization);
    const refused = () => {
      checkBudget(plan, quantizers, target);
    };
    expect(refused).toThrow(UserError);
    expect(refused).toThrow(message);
    // The budget that the message names is accepted, one less in its last digit is not.
    const told = toldBy(refused);
    checkBudget(plan, quantizers, told);
    expect(() => {
      checkBudget(plan, quantizers, told - 10 ** (Math.floor(Math.log10(told)) - 3));
    }).toThrow(UserError);
  });
});
