import { describe, expect, test } from 'vitest';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import type { PriceOf } from '../../src/bayesian-bits/price.js';
import { prices } from '../../src/bayesian-bits/prices.js';
import { openProbabilities, regularizer } from '../../src/bayesian-bits/prior.js';
import { lenet5 } from '../../src/models/lenet5.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { centralDifferences, expectClose } from './differences.js';

const plan = planNetwork(lenet5({ classes: 10, width: 0.1, batchNorm: 'folded' }), [28, 28, 1]);
const quantizers = plan.quantizers.map((site) => ({ ...site, smallest: 4 as const }));
const maxMacs = Math.max(...plan.layers.map(({ macs }) => macs));

/** phi of each quantizer's gates, all different, from one vector. */
function gatesOf(phi: readonly number[]) {
  let at = 0;
  const take = (count: number) => phi.slice(at, (at += count));
  return quantizers.map(({ gatedChannels }) =>
    openProbabilities(hardConcrete, {
      channels: Float64Array.from(take(gatedChannels)),
      bits: take(4),
    }),
  );
}
const count = quantizers.reduce((sum, { gatedChannels }) => sum + gatedChannels + 4, 0);
const phi = Array.from({ length: count }, (_, at) => Math.sin(at));

describe.each(['bops', 'constant'] as const)('the price %s', (name) => {
  const priceOf: PriceOf = prices[name];
  const price = priceOf(plan, quantizers);

  test("is the sum of the quantizers' regularizers, with lambda_b of the available widths", () => {
    const expected = gatesOf(phi).map((open, index) => {
      const { macs = NaN } = quantizers[index] ?? {};
      const lambda = [2, 4, 8, 16, 32].map((bits) =>
        name === 'bops' ? (bits * macs) / maxMacs : 1,
      );
      return regularizer(open, lambda.with(0, 0)).value;
    });
    const { value } = price(gatesOf(phi));
    expect(value).toBeCloseTo(
      expected.reduce((sum, each) => sum + each, 0),
      12,
    );
  });

  test('has the gradients of central differences', () => {
    const expected = centralDifferences((phi) => price(gatesOf(phi)).value, phi);
    const found = price(gatesOf(phi)).gradients.flatMap(({ channels, bits }) => [
      ...channels,
      ...bits,
    ]);
    expectClose(found, expected, 1e-8);
  });

  test('is 0 without quantizers', () => {
    expect(priceOf(plan, [])([]).value).toBe(0);
  });
});
