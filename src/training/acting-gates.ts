import type { GateValues } from '../bayesian-bits/gate-values.js';
import type { Price } from '../bayesian-bits/price.js';
import { openProbabilities } from '../bayesian-bits/prior.js';
import type { QuantizerSite } from '../nn/plan.js';
import { phiOf, type QuantizerState } from './quantizer-state.js';

/** For each quantizer, the index of the one whose channel gates it shares; undefined if it has its own. */
export function actingOn(
  sites: readonly Pick<QuantizerSite, 'name' | 'gatesOf'>[],
): (number | undefined)[] {
  return sites.map(({ gatesOf }) => {
    const owner = sites.findIndex(({ name }) => name === gatesOf);
    return owner < 0 ? undefined : owner;
  });
}

/**
 * Price of the open gates of a network's quantizers. A depthwise convolution is priced with the channel gates
 * that it shares, and its gradients with respect to them are added to those of their owner.
 *
 * @param sites the quantizers' sites, in order
 */
export function priceOfGates(
  price: Price,
  sites: readonly Pick<QuantizerSite, 'name' | 'gatesOf'>[],
): (quantizers: readonly QuantizerState[]) => ReturnType<Price> {
  const acting = actingOn(sites);
  return (quantizers) => {
    const open = quantizers.map((quantizer, index) => {
      const owner = quantizers[acting[index] ?? index] as QuantizerState;
      const phi = { bits: phiOf(quantizer).bits, channels: phiOf(owner).channels };
      return openProbabilities(quantizer.distribution, phi);
    });
    const { value, gradients } = price(open);
    const own = gradients.map((gradient, index): GateValues => {
      const { bits } = gradient;
      if (acting[index] !== undefined) return { bits, channels: new Float64Array(0) };
      const channels = gradients.reduce(
        (sum, other, at) =>
          acting[at] === index ? sum.map((value, i) => value + (other.channels[i] ?? NaN)) : sum,
        gradient.channels,
      );
      return { bits, channels };
    });
    return { value, gradients: own };
  };
}
