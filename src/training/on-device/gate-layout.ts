import { gatedBitWidths } from '../../bayesian-bits/gates.js';
import type { QuantizerSite } from '../../nn/plan.js';

/**
 * Layout of all gates of a network in one vector: the channel gates of all quantizers in order, then the bit
 * gates (4, 8, 16 and 32 bits) of all quantizers in order.
 */
export interface GateLayout {
  readonly size: number;
  /** Number of channel gates, which come first. */
  readonly channels: number;
  /** Offset and number of each quantizer's channel gates. */
  readonly stretches: readonly { readonly first: number; readonly count: number }[];
  /** Flatten. @param gates of each quantizer, in the order of `packGates` */
  flat(gates: readonly Float64Array[]): Float32Array;
  /** The inverse of `flat`. */
  ofEach(flat: ArrayLike<number>): Float64Array[];
}

export function gateLayout(sites: readonly Pick<QuantizerSite, 'gatedChannels'>[]): GateLayout {
  let channels = 0;
  const stretches = sites.map(({ gatedChannels: count }) => {
    channels += count;
    return { first: channels - count, count };
  });
  const bits = gatedBitWidths.length;
  /** Index in the vector of each gate of each quantizer. */
  const places = stretches.map(({ first, count }, site) =>
    Array.from({ length: count + bits }, (_, at) =>
      at < count ? first + at : channels + bits * site + (at - count),
    ),
  );
  const size = channels + bits * sites.length;
  return {
    size,
    channels,
    stretches,
    flat(gates) {
      const vector = new Float32Array(size);
      places.forEach((own, site) => {
        own.forEach((place, at) => (vector[place] = gates[site]?.[at] ?? NaN));
      });
      return vector;
    },
    ofEach: (flat) => places.map((own) => Float64Array.from(own, (place) => flat[place] ?? NaN)),
  };
}
