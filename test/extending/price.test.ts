import { describe, expect, test } from 'vitest';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import { openProbabilities } from '../../src/bayesian-bits/prior.js';
import { lenet5 } from '../../src/models/lenet5.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { centralDifferences, expectClose } from '../bayesian-bits/differences.js';
import { expectedBitProducts } from './expected-bit-products.js';

const plan = planNetwork(lenet5({ classes: 10, width: 0.1, batchNorm: 'folded' }), [28, 28, 1]);
const price = expectedBitProducts(
  plan,
  plan.quantizers.map((site) => ({ ...site, smallest: 2 })),
);
const sizes = plan.quantizers.map(({ gatedChannels }) => gatedChannels);
const count = sizes.reduce((sum, channels) => sum + channels + 4, 0);

function open(phi: readonly number[]) {
  let at = 0;
  const take = (length: number) => phi.slice(at, (at += length));
  return sizes.map((channels) =>
    openProbabilities(hardConcrete, {
      channels: Float64Array.from(take(channels)),
      bits: take(4),
    }),
  );
}

describe('a price that couples two layers', () => {
  test('equals the price at full bit widths when every gate is open', () => {
    const { value } = price(open(new Array<number>(count).fill(1000)));
    const maxMacs = Math.max(...plan.layers.map(({ macs }) => macs));
    const expected = plan.layers.reduce(
      (sum, { macs, reads }) => sum + (macs / maxMacs / 64) * 32 * (reads === undefined ? 8 : 32),
      0,
    );
    expect(value).toBeCloseTo(expected, 10);
  });

  test('has gradients that match central differences', () => {
    const phi = Array.from({ length: count }, (_, at) => 2 * Math.sin(at));
    const expected = centralDifferences((phi) => price(open(phi)).value, phi);
    const found = price(open(phi)).gradients.flatMap(({ channels, bits }) => [
      ...channels,
      ...bits,
    ]);
    expectClose(found, expected, 1e-7);
  });
});
