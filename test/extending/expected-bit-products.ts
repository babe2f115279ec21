import { mapGates, plusScaled, type GateValues } from '../../src/bayesian-bits/gate-values.js';
import { regularizer, type OpenProbabilities } from '../../src/bayesian-bits/prior.js';
import type { PriceOf } from '../../src/bayesian-bits/price.js';

/** Bits that each gate adds, for widths 2, 4, 8, 16 and 32. */
const addedBits = [2, 2, 4, 8, 16];
const inputBits = 8;

/**
 * The expected bits of each layer's weights times those of its input, relative to the largest layer at 8 x 8 bits:
 * a price that couples two quantizers, for docs/extending.md.
 *
 *     R = sum over layers of macs / maxMacs * E[weight bits] * E[input bits] / 64
 */
export const expectedBitProducts: PriceOf = (network, quantizers) => {
  const at = new Map(quantizers.map(({ name }, index) => [name, index]));
  const maxMacs = Math.max(...network.layers.map(({ macs }) => macs));
  return (open) => {
    const bits = open.map(expectedBits);
    const gradients: GateValues[] = bits.map(({ dphi }) => mapGates(dphi, () => 0));
    const add = (quantizer: number | undefined, factor: number) => {
      const own = bits[quantizer ?? -1];
      const sum = gradients[quantizer ?? -1];
      if (quantizer !== undefined && own && sum) {
        gradients[quantizer] = plusScaled(sum, factor, own.dphi);
      }
    };
    let value = 0;
    for (const { macs, weight, reads } of network.layers) {
      const [w, a] = [at.get(weight), reads === undefined ? undefined : at.get(reads)];
      const [weightBits, readBits] = [
        bits[w ?? -1]?.value ?? 32,
        bits[a ?? -1]?.value ?? inputBits,
      ];
      const share = macs / maxMacs / 64;
      value += share * weightBits * readBits;
      add(w, share * readBits);
      add(a, share * weightBits);
    }
    return { value, gradients };
  };
};

/** `E[b]` and its gradient: the regularizer, whose constant 1 without channel gates becomes 2 bits. */
function expectedBits(open: OpenProbabilities) {
  const { value, dphi } = regularizer(open, addedBits);
  return { value: open.q.channels.length > 0 ? value : value + 1, dphi };
}
