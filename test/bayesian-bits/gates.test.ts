import { describe, expect, it } from 'vitest';
import {
  bitWidths,
  effectiveBits,
  gatedBitWidths,
  hardConcrete,
  probabilityOpen,
  testGate,
  trainingGates,
} from '../../src/bayesian-bits/gates.js';
import { centralDifferences } from './differences.js';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** Where the stretched sigmoid crosses 0, written out. */
const zeroCrossing = (2 / 3) * Math.log(0.1 / 1.1);

describe('the bit widths', () => {
  it('double from 2 to 32, and all but 2 bits have a gate per tensor', () => {
    expect(bitWidths).toEqual([2, 4, 8, 16, 32]);
    expect(gatedBitWidths).toEqual([4, 8, 16, 32]);
  });
});

describe('hardConcrete', () => {
  /** The formula of the docstring. */
  const stretched = (phi: number, u: number) =>
    1.2 * sigmoid((Math.log(u) - Math.log(1 - u) + phi) / (2 / 3)) - 0.1;
  const grid = [-4, -2, -1, -0.3, 0, 0.2, 1, 2.5, 4].flatMap((phi) =>
    [0.01, 0.2, 0.5, 0.65, 0.9, 0.999].map((u) => [phi, u] as const),
  );

  it('is the stretched sigmoid, clamped to [0, 1]', () => {
    for (const [phi, u] of grid) {
      const expected = Math.min(1, Math.max(0, stretched(phi, u)));
      expect(hardConcrete(phi, u).z).toBeCloseTo(expected, 14);
    }
    expect(grid.filter(([phi, u]) => hardConcrete(phi, u).z === 0).length).toBeGreaterThan(5);
    expect(grid.filter(([phi, u]) => hardConcrete(phi, u).z === 1).length).toBeGreaterThan(5);
  });

  it('has the derivative that central differences give', () => {
    for (const [phi, u] of grid) {
      const [expected = NaN] = centralDifferences(([phi = NaN]) => hardConcrete(phi, u).z, [phi]);
      expect(hardConcrete(phi, u).dz).toBeCloseTo(expected, 8);
    }
  });

  it('is without noise at u = 1/2', () => {
    expect(hardConcrete(0, 0.5).z).toBeCloseTo(0.5, 15);
    expect(hardConcrete(0, 0.5).dz).toBeCloseTo((1.2 * 0.25) / (2 / 3), 15);
    expect(hardConcrete(0.4, 0.5).z).toBeCloseTo(1.2 * sigmoid(0.6) - 0.1, 15);
  });

  it('is shifted by phi as by the logit of u', () => {
    expect(hardConcrete(0, sigmoid(0.7)).z).toBeCloseTo(hardConcrete(0.7, 0.5).z, 14);
    expect(hardConcrete(0, sigmoid(-0.7)).z).toBeCloseTo(hardConcrete(-0.7, 0.5).z, 14);
  });

  it('is exactly 0 or 1 from where the stretched sigmoid leaves (0, 1)', () => {
    const crossing = (2 / 3) * Math.log(1 / 11);
    expect(hardConcrete(crossing - 1e-9, 0.5)).toEqual({ z: 0, dz: 0 });
    expect(hardConcrete(crossing + 1e-9, 0.5).z).toBeGreaterThan(0);
    expect(hardConcrete(-crossing + 1e-9, 0.5)).toEqual({ z: 1, dz: 0 });
    expect(hardConcrete(-crossing - 1e-9, 0.5).z).toBeLessThan(1);
    expect(hardConcrete(-60, 0.3)).toEqual({ z: 0, dz: 0 });
    expect(hardConcrete(60, 0.3)).toEqual({ z: 1, dz: 0 });
  });

  it.each([1, -1])('passes nothing on to phi where it is exactly 0 or 1, sign %d', (sign) => {
    const ends = new Set<number>();
    // All doubles near the crossing: some are stretched to exactly 0 or 1.
    const crossing = sign * (2 / 3) * Math.log(1 / 11);
    for (let step = -200; step <= 200; step++) {
      const { z, dz } = hardConcrete(crossing + step * 2 ** -52, 0.5);
      const isEnd = z === 0 || z === 1;
      if (isEnd) ends.add(z);
      expect(dz > 0).toBe(!isEnd);
    }
    expect([...ends]).toEqual([sign === 1 ? 0 : 1]);
  });

  it('is open with the probability that probabilityOpen gives', () => {
    for (const phi of [-2, -0.5, 0, 1]) {
      const count = 20_000;
      const noise = Array.from({ length: count }, (_, index) => (index + 0.5) / count);
      const open = noise.filter((u) => hardConcrete(phi, u).z > 0).length / count;
      expect(Math.abs(probabilityOpen(phi) - open)).toBeLessThan(1 / count);
    }
  });
});

describe('probabilityOpen', () => {
  it('is sigmoid(phi - (2/3) log(0.1/1.1))', () => {
    for (const phi of [-6, -1, 0, 0.3, 6]) {
      expect(probabilityOpen(phi)).toBeCloseTo(sigmoid(phi - zeroCrossing), 15);
    }
    expect(probabilityOpen(zeroCrossing)).toBe(0.5);
  });
});

describe('trainingGates', () => {
  const noise = [0.4, 0.6, 0.7, 0.2];
  const off = { z: 0, dz: 0 };
  const sampled = (phi: readonly number[]) =>
    phi.map((value, index) => hardConcrete(value, noise[index] as number));

  it('samples each gate with its own noise', () => {
    const phi = [0.5, -0.2, 0.1, 1];
    expect(trainingGates(phi, noise)).toEqual(sampled(phi));
    expect(new Set(trainingGates(phi, noise).map(({ z }) => z)).size).toBe(4);
  });

  it.each([0, 1, 2, 3])(
    'switches gate %d and all wider ones off if its phi is -2 or less',
    (at) => {
      const noise = [0.95, 0.96, 0.97, 0.98];
      for (const low of [-2, -2.0000001, -6]) {
        const phi = [0.3, 0.2, 0.1, 0.4].map((value, index) => (index === at ? low : value));
        const gates = trainingGates(phi, noise);
        expect(gates.slice(at)).toEqual(phi.slice(at).map(() => off));
        expect(gates.slice(0, at).every(({ z }) => z > 0)).toBe(true);
      }
    },
  );

  it('does not switch off above -2', () => {
    const noise = [0.95, 0.95, 0.95, 0.95];
    const gates = trainingGates([-1.9999999, -1.99, -1.9, -1.8], noise);
    expect(gates.every(({ z, dz }) => z > 0 && dz > 0)).toBe(true);
  });

  it('keeps off what is wider than an off gate, whatever its phi', () => {
    expect(trainingGates([6, -3, 6, 6], noise)).toEqual([{ z: 1, dz: 0 }, off, off, off]);
    expect(trainingGates([6, -3, -3, 6], noise)).toEqual([{ z: 1, dz: 0 }, off, off, off]);
  });
});

describe('testGate', () => {
  it('is open if its probability to be closed is below 0.34', () => {
    // sigmoid(zeroCrossing - phi) = 0.34
    const threshold = zeroCrossing - Math.log(0.34 / 0.66);
    expect(threshold).toBeCloseTo(-0.9353, 4);
    expect(testGate(threshold + 1e-9)).toBe(1);
    expect(testGate(threshold - 1e-9)).toBe(0);
    for (const phi of [-60, -6, -2, -0.94]) expect(testGate(phi)).toBe(0);
    for (const phi of [-0.93, 0, 6, 60]) expect(testGate(phi)).toBe(1);
  });

  it('is closed where the probability is 0.34 exactly', () => {
    // Doubles near the threshold, of which some give 0.34 to the last bit.
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

describe('effectiveBits', () => {
  it.each([
    [[0, 0, 0, 0], 2],
    [[0, 1, 1, 1], 2],
    [[1, 0, 0, 0], 4],
    [[1, 0, 1, 1], 4],
    [[1, 1, 0, 0], 8],
    [[1, 1, 0, 1], 8],
    [[1, 1, 1, 0], 16],
    [[1, 1, 1, 1], 32],
    [[0.2, 0.1, 0, 1], 8],
  ])('of the gates %j is %d', (gates, bits) => {
    expect(effectiveBits(gates)).toBe(bits);
  });
});
