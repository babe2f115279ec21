import { describe, expect, it } from 'vitest';
import { probabilityOpen } from '../../src/bayesian-bits/gates.js';
import { regularizer, regularizerWeights } from '../../src/bayesian-bits/prior.js';
import { centralDifferences, expectClose } from './differences.js';

const phi = [0.4, -0.7, 1.3, -2.5];
const phi2 = [0.2, -1.1, 2.4];
const lambda = [0.3, 0.7, 1.9, 0.2, 5];
const none = new Float64Array(0);

describe('the regularizer', () => {
  it('is sum over b of lambda_b times the product of q_j up to b, written out', () => {
    const [l2 = NaN, l4 = NaN, l8 = NaN, l16 = NaN, l32 = NaN] = lambda;
    const [q4 = NaN, q8 = NaN, q16 = NaN, q32 = NaN] = phi.map(probabilityOpen);
    const each = phi2.map((value) => {
      const q2 = probabilityOpen(value);
      return (
        l2 * q2 +
        l4 * q2 * q4 +
        l8 * q2 * q4 * q8 +
        l16 * q2 * q4 * q8 * q16 +
        l32 * q2 * q4 * q8 * q16 * q32
      );
    });
    const mean = each.reduce((sum, value) => sum + value) / each.length;
    expect(regularizer(Float64Array.from(phi2), phi, lambda).value).toBeCloseTo(mean, 14);
    expect(regularizer(none, phi, lambda).value).toBeCloseTo(
      1 + l4 * q4 + l8 * q4 * q8 + l16 * q4 * q8 * q16 + l32 * q4 * q8 * q16 * q32,
      14,
    );
  });

  it('has the gradients that central differences give, with channel gates', () => {
    const value = (all: readonly number[]) =>
      regularizer(Float64Array.from(all.slice(0, 3)), all.slice(3), lambda).value;
    const expected = centralDifferences(value, [...phi2, ...phi]);
    const found = regularizer(Float64Array.from(phi2), phi, lambda);
    expectClose(found.dphi2, expected.slice(0, 3), 1e-9);
    expectClose(found.dphi, expected.slice(3), 1e-9);
  });

  it('has the gradients that central differences give, without channel gates', () => {
    const value = (bits: readonly number[]) => regularizer(none, bits, lambda).value;
    const found = regularizer(none, phi, lambda);
    expectClose(found.dphi, centralDifferences(value, phi), 1e-9);
    expect(found.dphi2).toHaveLength(0);
  });

  it('of one channel is that of the channel alone, of equal channels as well', () => {
    const one = regularizer(Float64Array.of(0.2), phi, lambda);
    const three = regularizer(Float64Array.of(0.2, 0.2, 0.2), phi, lambda);
    expect(three.value).toBeCloseTo(one.value, 14);
    expectClose(three.dphi, one.dphi, 1e-14);
    expectClose(
      three.dphi2,
      [0, 1, 2].map(() => (one.dphi2[0] as number) / 3),
      1e-14,
    );
  });
});

describe('the weights of the bit widths', () => {
  it("are b times the share of the largest layer's MACs", () => {
    expect(regularizerWeights('bops', 100, 400)).toEqual([0.5, 1, 2, 4, 8]);
    expect(regularizerWeights('bops', 460_800, 3_276_800)).toEqual(
      [2, 4, 8, 16, 32].map((bits) => (bits * 460_800) / 3_276_800),
    );
  });

  it('are all 1 where they are constant', () => {
    expect(regularizerWeights('constant', 100, 400)).toEqual([1, 1, 1, 1, 1]);
  });
});
