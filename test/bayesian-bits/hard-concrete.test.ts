import { describe, expect, test } from 'vitest';
import { fixedBits, isFixed } from '../../src/bayesian-bits/gate-distribution.js';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import { centralDifferences } from './differences.js';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** Where the stretched sigmoid crosses 0, written out. */
const zeroCrossing = (2 / 3) * Math.log(0.1 / 1.1);

const sample = (phi: number, u: number) => hardConcrete.sample(phi, u);
const testGate = (phi: number) => hardConcrete.testGate(phi);
const open = (phi: number) => hardConcrete.probabilityOpen(phi).q;

describe('a sample', () => {
  /** The formula in hard-concrete.ts. */
  const stretched = (phi: number, u: number) =>
    1.2 * sigmoid((Math.log(u) - Math.log(1 - u) + phi) / (2 / 3)) - 0.1;
  const grid = [-4, -2, -1, -0.3, 0, 0.2, 1, 2.5, 4].flatMap((phi) =>
    [0.01, 0.2, 0.5, 0.65, 0.9, 0.999].map((u) => [phi, u] as const),
  );

  test('is the stretched sigmoid, clamped to [0, 1]', () => {
    for (const [phi, u] of grid) {
      const expected = Math.min(1, Math.max(0, stretched(phi, u)));
      expect(sample(phi, u).z).toBeCloseTo(expected, 14);
    }
    expect(grid.filter(([phi, u]) => sample(phi, u).z === 0).length).toBeGreaterThan(5);
    expect(grid.filter(([phi, u]) => sample(phi, u).z === 1).length).toBeGreaterThan(5);
  });

  test('has the derivative of central differences', () => {
    for (const [phi, u] of grid) {
      const [expected = NaN] = centralDifferences(([phi = NaN]) => sample(phi, u).z, [phi]);
      expect(sample(phi, u).dz).toBeCloseTo(expected, 8);
    }
  });

  test('has no noise at u = 1/2', () => {
    expect(sample(0, 0.5).z).toBeCloseTo(0.5, 15);
    expect(sample(0, 0.5).dz).toBeCloseTo((1.2 * 0.25) / (2 / 3), 15);
    expect(sample(0.4, 0.5).z).toBeCloseTo(1.2 * sigmoid(0.6) - 0.1, 15);
  });

  test('depends only on the sum of phi and the logit of u', () => {
    expect(sample(0, sigmoid(0.7)).z).toBeCloseTo(sample(0.7, 0.5).z, 14);
    expect(sample(0, sigmoid(-0.7)).z).toBeCloseTo(sample(-0.7, 0.5).z, 14);
  });

  test('is exactly 0 or 1 where the stretched sigmoid is outside (0, 1)', () => {
    const crossing = (2 / 3) * Math.log(1 / 11);
    expect(sample(crossing - 1e-9, 0.5)).toEqual({ z: 0, dz: 0 });
    expect(sample(crossing + 1e-9, 0.5).z).toBeGreaterThan(0);
    expect(sample(-crossing + 1e-9, 0.5)).toEqual({ z: 1, dz: 0 });
    expect(sample(-crossing - 1e-9, 0.5).z).toBeLessThan(1);
    expect(sample(-60, 0.3)).toEqual({ z: 0, dz: 0 });
    expect(sample(60, 0.3)).toEqual({ z: 1, dz: 0 });
  });

  test.each([1, -1])('has no gradient for phi where it is exactly 0 or 1, side %d', (sign) => {
    const ends = new Set<number>();
    // Adjacent doubles near the crossing, some of which are stretched to exactly 0 or 1.
    const crossing = sign * (2 / 3) * Math.log(1 / 11);
    for (let step = -200; step <= 200; step++) {
      const { z, dz } = sample(crossing + step * 2 ** -52, 0.5);
      const isEnd = z === 0 || z === 1;
      if (isEnd) ends.add(z);
      expect(dz > 0).toBe(!isEnd);
    }
    expect([...ends]).toEqual([sign === 1 ? 0 : 1]);
  });

  test('is open with the probability that probabilityOpen gives', () => {
    for (const phi of [-2, -0.5, 0, 1]) {
      const count = 20_000;
      const noise = Array.from({ length: count }, (_, index) => (index + 0.5) / count);
      const share = noise.filter((u) => sample(phi, u).z > 0).length / count;
      expect(Math.abs(open(phi) - share)).toBeLessThan(1 / count);
    }
  });
});

describe('the probability of being open', () => {
  test('is sigmoid(phi - (2/3) log(0.1/1.1))', () => {
    for (const phi of [-6, -1, 0, 0.3, 6]) {
      expect(open(phi)).toBeCloseTo(sigmoid(phi - zeroCrossing), 15);
    }
    expect(open(zeroCrossing)).toBe(0.5);
  });

  test('has the log-derivative of central differences', () => {
    for (const phi of [-6, -1, 0, 0.3, 6]) {
      const [expected = NaN] = centralDifferences(([phi = NaN]) => Math.log(open(phi)), [phi]);
      expect(hardConcrete.probabilityOpen(phi).dLogQ).toBeCloseTo(expected, 8);
    }
  });
});

describe('testGate', () => {
  test('is open if its probability of being closed is below 0.34', () => {
    // sigmoid(zeroCrossing - phi) = 0.34
    const threshold = zeroCrossing - Math.log(0.34 / 0.66);
    expect(threshold).toBeCloseTo(-0.9353, 4);
    expect(testGate(threshold + 1e-9)).toBe(1);
    expect(testGate(threshold - 1e-9)).toBe(0);
    for (const phi of [-60, -6, -2, -0.94]) expect(testGate(phi)).toBe(0);
    for (const phi of [-0.93, 0, 6, 60]) expect(testGate(phi)).toBe(1);
  });

  test('is closed where the probability is 0.34 exactly', () => {
    // Adjacent doubles near the threshold, some of which give exactly 0.34.
    const threshold = zeroCrossing - Math.log(0.34 / 0.66);
    let ties = 0;
    for (let step = -100; step <= 100; step++) {
      const phi = threshold + step * 2 ** -53;
      if (sigmoid(zeroCrossing - phi) !== 0.34) continue;
      ties += 1;
      expect(testGate(phi)).toBe(0);
    }
    expect(ties).toBeGreaterThan(0);
  });
});

describe('the values of phi that fix a gate', () => {
  test('ignore noise and have a zero gradient', () => {
    const { fixed } = hardConcrete;
    for (const u of [1e-6, 0.5, 1 - 1e-6]) {
      expect(sample(fixed.open, u)).toEqual({ z: 1, dz: 0 });
      expect(sample(fixed.shut, u)).toEqual({ z: 0, dz: 0 });
    }
    expect(hardConcrete.probabilityOpen(fixed.open)).toEqual({ q: 1, dLogQ: 0 });
    expect(hardConcrete.probabilityOpen(fixed.shut).q).toBe(0);
    expect([fixed.open, fixed.shut].map(testGate)).toEqual([1, 0]);
    expect([fixed.open, fixed.shut].every((phi) => isFixed(hardConcrete, phi))).toBe(true);
    expect([-999, -6, 0, 6, 999].some((phi) => isFixed(hardConcrete, phi))).toBe(false);
  });

  test('fix a bit width', () => {
    expect(fixedBits(hardConcrete, 8).map(testGate)).toEqual([1, 1, 0, 0]);
    expect(fixedBits(hardConcrete, 2).map(testGate)).toEqual([0, 0, 0, 0]);
  });
});
