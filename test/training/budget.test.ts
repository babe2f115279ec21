import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { UserError } from '../../src/errors.js';
import { budgetController, checkBudget, meetBudget } from '../../src/training/budget.js';
import { unpackGates } from '../../src/bayesian-bits/gate-values.js';
import { setUpGates } from '../../src/setup/gate-setup.js';
import { networkCost } from '../../src/setup/network-cost.js';
import { planFor } from '../../src/setup/plan-for-config.js';
import {
  fixedGates,
  initQuantizers,
  testTimeQuantizers,
  withPhi,
  type QuantizerState,
} from '../../src/training/quantizer-state.js';
import { createTrainer } from '../../src/training/trainer.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';
import { startTestBackend } from '../helpers/test-backend.js';

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

/** A quantizer with another phi for each gate, numbered as in its state. */
function mapPhi(
  quantizer: QuantizerState,
  change: (phi: number, isFixed: boolean, at: number) => number,
): QuantizerState {
  const isFixed = fixedGates(quantizer);
  const phi = quantizer.phi.value.map((phi, at) => change(phi, isFixed[at] === true, at));
  return withPhi(quantizer, unpackGates(phi));
}

/** Quantizers whose learned gates have any phi. */
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

describe('meetBudget', () => {
  test('with channel gates: at most the budget, within 5 % of it, and every gate is fixed', () => {
    const start = quantizersOf('{}');
    fc.assert(
      fc.property(
        anyGates(start),
        fc.double({ min: 0.1, max: 6, noNaN: true }),
        (gates, target) => {
          const met = meetBudget(start.plan, gates, target);
          const percent = percentOf(start.plan, met);
          expect(percent).toBeLessThanOrEqual(target);
          expect(percent).toBeGreaterThan(0.95 * target);
          expect(met.flatMap(fixedGates).every(Boolean)).toBe(true);
          for (const { keptChannels } of testTimeQuantizers(met).values()) {
            expect(keptChannels.length === 0 || keptChannels.includes(true)).toBe(true);
          }
        },
      ),
      { numRuns: 8 },
    );
  });

  test('without them: no gate more could be opened', () => {
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
            if (shut < 0) return;
            // Opening it reaches as far as the next gate that is shut.
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

  test('opens the gates that learning left most open, and leaves alone what does not learn', () => {
    const { plan, quantizers } = quantizersOf('{weights: 4, activations: 8}');
    const ranked = quantizers.map((quantizer) => {
      const { gatedChannels } = quantizer.site;
      return mapPhi(quantizer, (phi, _, at) => (at < gatedChannels ? 5 - at / 100 : phi));
    });
    const met = meetBudget(plan, ranked, 1);
    met.forEach(({ phi, site: { gatedChannels } }, index) => {
      expect(phi.value.slice(gatedChannels)).toEqual(
        quantizers[index]?.phi.value.slice(gatedChannels),
      );
    });
    const [first] = met;
    const open = Array.from(
      first?.phi.value.slice(0, first.site.gatedChannels) ?? [],
      (phi) => phi > 0,
    );
    expect(open.lastIndexOf(true)).toBeLessThan(open.length);
    expect(open[0]).toBe(true);
  });
});

describe('checkBudget', () => {
  test.each([
    [
      '{channels: all}',
      0.3,
      /found 0\.3, expected at least 0\.\d+, what lenet5 costs with the smallest/,
    ],
  ])('refuses %s at %d percent', (quantization, target, message) => {
    const { plan, quantizers } = quantizersOf(quantization);
    const refused = () => {
      checkBudget(plan, quantizers, target);
    };
    expect(refused).toThrow(UserError);
    expect(refused).toThrow(message);
  });
});

describe('the controller', () => {
  test('is positive above its course, negative far below it, and follows a falling one', () => {
    const { muAt } = budgetController(0.5, 0.1, 6.25, 1000);
    expect(muAt(6.25, 0.1, 0).mu).toBeGreaterThan(0);
    expect(muAt(0.1, 0.2, 0).mu).toBeLessThan(0);
    expect(muAt(0.5, 0.5, 0).mu).toBeCloseTo(0, 12);
  });

  test('adds up what stays above', () => {
    const { muAt } = budgetController(0.5, 0.1, 6.25, 1000);
    let integral = 0;
    const found = Array.from({ length: 50 }, () => {
      const next = muAt(0.55, 0.6, integral);
      ({ integral } = next);
      return next.mu;
    });
    expect(found.at(-1)).toBeGreaterThan(1.5 * (found[0] ?? NaN));
  });
});

describe('training to a budget', () => {
  beforeAll(startTestBackend);

  test.each([0.5, 2])(
    'of %d percent ends within 5 percent below it, whatever the gates have learned',
    async (target) => {
      const config = configured(
        'model.width=0.4',
        `target={relativeBopsPercent: ${target}}`,
        'training.epochs=2',
        'training.batchSize=32',
        'optimizers.gates.learningRate=1',
      );
      const trainer = createTrainer(config, dataset);
      await trainer.trainEpoch(1, {});
      expect(trainer.quantizers().flatMap(fixedGates)).toContain(false);
      await trainer.trainEpoch(2, {});
      const { relativeBopsPercent } = trainer.cost();
      expect(relativeBopsPercent).toBeLessThanOrEqual(target);
      expect(relativeBopsPercent).toBeGreaterThan(0.95 * target);
      expect(trainer.quantizers().flatMap(fixedGates)).not.toContain(false);
      trainer.dispose();
    },
  );
});
