import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distinctInFloat32, gateGradients, gateProducts } from '../../src/bayesian-bits/levels.js';
import { expectClose } from './differences.js';
import { isNearTie, residualForm, type ReferenceQuantizer } from './residual-form.js';

const gate = fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
const gates = fc.tuple(gate, gate, gate, gate);
const range = fc.record({
  beta: fc.double({ min: 0.01, max: 100, noNaN: true }),
  signed: fc.boolean(),
});

/** `e_b` of the five levels, from the residual form with all gates up to b open. */
function residualsOf(x: number, range: Pick<ReferenceQuantizer, 'beta' | 'signed'>): number[] {
  const levels = [0, 1, 2, 3, 4].map((open) => {
    const [z4 = 0, z8 = 0, z16 = 0, z32 = 0] = [0, 1, 2, 3].map((at) => (at < open ? 1 : 0));
    return residualForm(x, { ...range, z: [1, z4, z8, z16, z32] }).value;
  });
  return levels.map((level, index) => level - (levels[index - 1] ?? 0));
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);

describe('gateProducts', () => {
  test('are z_4 ... z_b, written out', () => {
    const [a, b, c, d] = [0.9, 0.7, 0.4, 0.3];
    expectClose(gateProducts([a, b, c, d]), [1, a, a * b, a * b * c, a * b * c * d], 1e-15);
  });

  test('are 0 from the first closed gate on', () => {
    expect(gateProducts([0, 1, 1, 1])).toEqual([1, 0, 0, 0, 0]);
    expect(gateProducts([1, 1, 0, 1])).toEqual([1, 1, 1, 0, 0]);
    expect(gateProducts([1, 1, 1, 1])).toEqual([1, 1, 1, 1, 1]);
  });

  test("weight the residuals as in the paper's nested sum", () => {
    fc.assert(
      fc.property(gates, range, fc.double({ min: -1.5, max: 1.5, noNaN: true }), (z, range, at) => {
        const x = at * range.beta;
        fc.pre(!isNearTie(x, range, 1e-6));
        const expected = residualForm(x, { ...range, z: [1, ...z] }).value;
        const found = dot(gateProducts(z), residualsOf(x, range));
        expect(Math.abs(found - expected)).toBeLessThan(1e-13 * range.beta);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('distinctInFloat32', () => {
  const almostOne = fc.double({ min: 0, max: 1e-5, noNaN: true }).map((below) => 1 - below);

  test('differ by float32 rounding only, and do differ where a gate is not exactly 1', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(gate, almostOne), { minLength: 4, maxLength: 4 }), (z) => {
        // Below 2^-126 there are no normal float32 numbers to keep them distinct.
        fc.pre(gateProducts(z).every((product) => product === 0 || product > 1e-30));
        const products = gateProducts(z);
        const rounded = distinctInFloat32(products);
        rounded.forEach((product, index) => {
          expect(Math.fround(product)).toBe(product);
          const exact = products[index] as number;
          expect(Math.abs(product - exact)).toBeLessThanOrEqual(5 * 2 ** -24 * exact);
          const gate = z[index - 1];
          if (gate === undefined || gate === 1 || exact === 0) return;
          expect(product).toBeLessThan(rounded[index - 1] as number);
        });
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('stay equal behind an open gate', () => {
    expect(distinctInFloat32([1, 1 - 1e-12, 1 - 1e-12, 0, 0])).toEqual([
      1,
      1 - 2 ** -24,
      1 - 2 ** -24,
      0,
      0,
    ]);
  });
});

describe('gateGradients', () => {
  test('are the derivatives of the sum of gated residuals, which is linear in each gate', () => {
    fc.assert(
      fc.property(
        fc.tuple(gate, gate, gate, gate),
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (z, r) => {
          const sum = (z: readonly number[]) => dot(gateProducts(z), r);
          gateGradients(z, r).forEach((found, index) => {
            const withGate = (value: number) =>
              z.map((other, at) => (at === index ? value : other));
            expect(Math.abs(found - (sum(withGate(1)) - sum(withGate(0))))).toBeLessThan(1e-13);
          });
        },
      ),
      { seed: 1 },
    );
  });

  test('are 0 behind a closed gate, and for an open one the bracket it multiplies', () => {
    expect(gateGradients([1, 0, 0.5, 0.5], [1, 2, 4, 8, 16])).toEqual([2, 12, 0, 0]);
    expect(gateGradients([1, 1, 1, 0.5], [9, 0, 0, 3, 2])).toEqual([4, 4, 4, 2]);
  });
});
