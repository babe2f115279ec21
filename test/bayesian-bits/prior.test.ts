import { describe, expect, test } from 'vitest';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import { openProbabilities, regularizer } from '../../src/bayesian-bits/prior.js';
import { centralDifferences, expectClose } from './differences.js';

const phi = [0.4, -0.7, 1.3, -2.5];
const phi2 = [0.2, -1.1, 2.4];
const lambda = [0.3, 0.7, 1.9, 0.2, 5];
const probabilityOpen = (phi: number) => hardConcrete.probabilityOpen(phi).q;
const priced = (channels: readonly number[], bits: readonly number[]) =>
  regularizer(
    openProbabilities(hardConcrete, { channels: Float64Array.from(channels), bits }),
    lambda,
  );

describe('the regularizer', () => {
  test('is sum over b of lambda_b times the product of q_j up to b, written out', () => {
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
    expect(priced(phi2, phi).value).toBeCloseTo(mean, 14);
    expect(priced([], phi).value).toBeCloseTo(
      1 + l4 * q4 + l8 * q4 * q8 + l16 * q4 * q8 * q16 + l32 * q4 * q8 * q16 * q32,
      14,
    );
  });

  test('has the gradients of central differences, with channel gates', () => {
    const value = (all: readonly number[]) => priced(all.slice(0, 3), all.slice(3)).value;
    const expected = centralDifferences(value, [...phi2, ...phi]);
    const found = priced(phi2, phi);
    expectClose(found.dphi.channels, expected.slice(0, 3), 1e-9);
    expectClose(found.dphi.bits, expected.slice(3), 1e-9);
  });

  test('has the gradients of central differences, without channel gates', () => {
    const value = (bits: readonly number[]) => priced([], bits).value;
    const found = priced([], phi);
    expectClose(found.dphi.bits, centralDifferences(value, phi), 1e-9);
    expect(found.dphi.channels).toHaveLength(0);
  });

  test('is the same for one channel and for several equal ones', () => {
    const one = priced([0.2], phi);
    const three = priced([0.2, 0.2, 0.2], phi);
    expect(three.value).toBeCloseTo(one.value, 14);
    expectClose(three.dphi.bits, one.dphi.bits, 1e-14);
    expectClose(
      three.dphi.channels,
      [0, 1, 2].map(() => (one.dphi.channels[0] as number) / 3),
      1e-14,
    );
  });
});
