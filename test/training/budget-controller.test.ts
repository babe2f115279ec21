import { describe, expect, test } from 'vitest';
import { budgetController } from '../../src/training/budget.js';

describe('the controller', () => {
  test('is positive above its course, negative far below it, and follows a falling one', () => {
    const { muAt } = budgetController(0.5, 0.1, 6.25, 1000);
    expect(muAt(6.25, 0.1, 0).mu).toBeGreaterThan(0);
    expect(muAt(0.1, 0.2, 0).mu).toBeLessThan(0);
    expect(muAt(0.5, 0.5, 0).mu).toBeCloseTo(0, 12);
  });

  // From 100 to 1 percent the logarithm falls by ln 100 over half of training: to 10 after a quarter.
  test.each([
    ['10 units of mu for each unit of the logarithm above', 10 * Math.E, 0, 10 + 0.2],
    ['as many below', 10 / Math.E, 3, -10 + 3 - 0.2],
    ['what has added up', 10, 3, 3],
    ['nothing that has added up below 0', 10 / Math.E, 0.1, -10],
    ['100 units at most', 100, 99, 100],
    ['-100 units at least', 0, 0, -100],
  ])('has a strength of %s', (_, percent, before, units) => {
    const { muAt } = budgetController(1, 0.01, 100, 1000);
    expect(muAt(percent, 0.25, before).mu).toBeCloseTo(0.01 * units, 12);
  });

  test('adds as much again in a twentieth of training, from 0 to 100 units', () => {
    const { muAt } = budgetController(1, 0.01, 100, 1000);
    let integral = 0;
    for (let step = 0; step < 50; step++)
      ({ integral } = muAt(Math.E, 0.5 + step / 1000, integral));
    expect(integral).toBeCloseTo(10, 10);
    expect(muAt(1e-9, 0.6, integral).integral).toBeCloseTo(10 + 0.2 * Math.log(1e-6), 12);
    expect(muAt(100, 0.6, 99.9).integral).toBe(100);
    expect(muAt(1 / Math.E, 0.6, 0.1).integral).toBe(0);
  });

  test('starts from a network with nothing left', () => {
    const { muAt } = budgetController(0.5, 0.1, 0, 1000);
    expect(muAt(0, 0, 0).mu).toBeCloseTo(0, 12);
    // Half of the way from 1e-6, where it is taken to be.
    expect(muAt(0, 0.25, 0).mu).toBeCloseTo(-0.5 * Math.log(0.5e6), 12);
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
