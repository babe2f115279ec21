import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gateGradients, levelCoefficients } from '../../src/bayesian-bits/levels.js';
import { centralDifferences, expectClose } from './differences.js';
import { isNearTie, residualForm, type ReferenceQuantizer } from './residual-form.js';

const gate = fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
const gates = fc.tuple(gate, gate, gate, gate);
const interior = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const range = fc.record({
  beta: fc.double({ min: 0.01, max: 100, noNaN: true }),
  signed: fc.boolean(),
});

/** `x_b` of the five levels, from the residual form with all gates up to b open. */
function levelsOf(x: number, range: Pick<ReferenceQuantizer, 'beta' | 'signed'>): number[] {
  return [0, 1, 2, 3, 4].map((open) => {
    const [z4 = 0, z8 = 0, z16 = 0, z32 = 0] = [0, 1, 2, 3].map((at) => (at < open ? 1 : 0));
    return residualForm(x, { ...range, z: [1, z4, z8, z16, z32] }).value;
  });
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);

describe('levelCoefficients', () => {
  it('are z_4 ... z_b (1 - z_2b), written out', () => {
    const [a, b, c, d] = [0.9, 0.7, 0.4, 0.3];
    const expected = [1 - a, a * (1 - b), a * b * (1 - c), a * b * c * (1 - d), a * b * c * d];
    expectClose(levelCoefficients([a, b, c, d]), expected, 1e-15);
  });

  it('take one level alone where the gates are 0 or 1', () => {
    expect(levelCoefficients([0, 1, 1, 1])).toEqual([1, 0, 0, 0, 0]);
    expect(levelCoefficients([1, 0, 1, 1])).toEqual([0, 1, 0, 0, 0]);
    expect(levelCoefficients([1, 1, 0, 0])).toEqual([0, 0, 1, 0, 0]);
    expect(levelCoefficients([1, 1, 1, 0])).toEqual([0, 0, 0, 1, 0]);
    expect(levelCoefficients([1, 1, 1, 1])).toEqual([0, 0, 0, 0, 1]);
  });

  it('sum to 1 and are not negative', () => {
    fc.assert(
      fc.property(gates, (z) => {
        const coefficients = levelCoefficients(z);
        expect(Math.abs(coefficients.reduce((sum, c) => sum + c, 0) - 1)).toBeLessThan(1e-12);
        expect(Math.min(...coefficients)).toBeGreaterThanOrEqual(0);
      }),
      { seed: 1 },
    );
  });

  it("weight the levels to the paper's sum of gated residuals", () => {
    fc.assert(
      fc.property(gates, range, fc.double({ min: -1.5, max: 1.5, noNaN: true }), (z, range, at) => {
        const x = at * range.beta;
        fc.pre(!isNearTie(x, range, 1e-6));
        const expected = residualForm(x, { ...range, z: [1, ...z] }).value;
        const found = dot(levelCoefficients(z), levelsOf(x, range));
        expect(Math.abs(found - expected)).toBeLessThan(1e-13 * range.beta);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('gateGradients', () => {
  it('are the derivatives of the weighted sum, which is linear in each gate', () => {
    fc.assert(
      fc.property(
        fc.tuple(interior, interior, interior, interior),
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (z, d) => {
          const weighted = (z: readonly number[]) => dot(levelCoefficients(z), d);
          const expected = centralDifferences(weighted, z, 0.05);
          gateGradients(z, d).forEach((found, index) => {
            expect(Math.abs(found - (expected[index] as number))).toBeLessThan(1e-12);
          });
        },
      ),
      { seed: 1 },
    );
  });

  it('are those of the residual form, to the last of the 32 bits', () => {
    fc.assert(
      fc.property(
        fc.tuple(interior, interior, interior, interior),
        fc.boolean(),
        fc.array(
          fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -3, max: 3 })),
          { minLength: 1, maxLength: 6 },
        ),
        (z, signed, elements) => {
          // With this range s_32 is 1 and s_2 to s_16 are whole numbers: nothing is rounded but
          // what the quantizer rounds.
          const range = { beta: signed ? (2 ** 32 - 1) / 2 : 2 ** 32 - 1, signed };
          const inputs = elements.map(([at, dy]) => ({ x: at * range.beta, dy }));
          fc.pre(inputs.every(({ x }) => !isNearTie(x, range, 1e-4)));
          const loss = ([z4 = NaN, z8 = NaN, z16 = NaN, z32 = NaN]: readonly number[]) =>
            inputs.reduce(
              (sum, { x, dy }) =>
                sum + dy * residualForm(x, { ...range, z: [1, z4, z8, z16, z32] }).value,
              0,
            );
          const levels = inputs.map(({ x, dy }) => levelsOf(x, range).map((level) => dy * level));
          const d = [0, 1, 2, 3, 4].map((b) =>
            levels.reduce((sum, level) => sum + (level[b] as number), 0),
          );
          const found = gateGradients(z, d);
          // Linear in each gate: the difference between open and closed is the derivative.
          z.forEach((_, index) => {
            const withGate = (value: number) =>
              z.map((other, at) => (at === index ? value : other));
            const expected = loss(withGate(1)) - loss(withGate(0));
            // Double precision leaves 2^-52 of the largest summand, 2^33.
            expect(Math.abs((found[index] as number) - expected)).toBeLessThan(1e-4);
          });
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it('of a gate behind a closed one are 0, and of saturated ones the whole bracket', () => {
    expect(gateGradients([1, 0, 0.5, 0.5], [1, 2, 4, 8, 16])).toEqual([1, 6, 0, 0]);
    expect(gateGradients([1, 1, 1, 0.5], [0, 0, 0, 3, 5])).toEqual([4, 4, 4, 2]);
  });
});
