import { describe, expect, test } from 'vitest';
import { budgetController } from '../../src/training/budget.js';

describe('the controller', () => {
  test('is positive above its set point, negative below it, and follows the set point down', () => {
    const { muAt } = budgetController(0.5, 0.1, 6.25, 1000);
    expect(muAt(6.25, 0.1, 0).mu).toBeGreaterThan(0);
    expect(muAt(0.1, 0.2, 0).mu).toBeLessThan(0);
    expect(muAt(0.5, 0.5, 0).mu).toBeCloseTo(0, 12);
  });

  // The set point falls linearly from ln 100 to ln 1 over half of training: to ln 10 after a quarter.
  test.each([
    ['10 units of mu per unit of log error', 10 * Math.E, 0, 10 + 0.2],
    ['as many below the set point, plus the integral', 10 / Math.E, 3, -10 + 3 - 0.2],
    ['only the integral at the set point', 10, 3, 3],
    ['no negative integral', 10 / Math.E, 0.1, -10],
    ['at most 100 units', 100, 99, 100],
    ['at least -100 units', 0, 0, -100],
  ])('outputs %s', (_, percent, before, units) => {
    const { muAt } = budgetController(1, 0.01, 100, 1000);
    expect(muAt(percent, 0.25, before).mu).toBeCloseTo(0.01 * units, 12);
  });

  test('has an integral time of a twentieth of training, and an integral from 0 to 100 units', () => {
    const { muAt } = budgetController(1, 0.01, 100, 1000);
    let integral = 0;
    for (let step = 0; step < 50; step++)
      ({ integral } = muAt(Math.E, 0.5 + step / 1000, integral));
    expect(integral).toBeCloseTo(10, 10);
    expect(muAt(1e-9, 0.6, integral).integral).toBeCloseTo(10 + 0.2 * Math.log(1e-6), 12);
    expect(muAt(100, 0.6, 99.9).integral).toBe(100);
    expect(muAt(1 / Math.E, 0.6, 0.1).integral).toBe(0);
  });

  test('can start from a network with nothing left', () => {
    const { muAt } = budgetController(0.5, 0.1, 0, 1000);
    expect(muAt(0, 0, 0).mu).toBeCloseTo(0, 12);
    // Halfway from 1e-6, the cost assumed for such a network, to the budget.
    expect(muAt(0, 0.25, 0).mu).toBeCloseTo(-0.5 * Math.log(0.5e6), 12);
  });

  test('accumulates a persistent error above the set point', () => {
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
