import { gatedBitWidths } from '../../bayesian-bits/gates.js';
import type { QuantizerSite } from '../../nn/plan.js';

/**
 * All gates of a network as one vector: the channels' of each quantizer in their order, then 4, 8, 16 and 32 bits of
 * each.
 */
export interface GateLayout {
  readonly size: number;
  /** Gates of channels, which come first. */
  readonly channels: number;
  /** Where a quantizer's channels begin, and how many it has. */
  readonly stretches: readonly { readonly first: number; readonly count: number }[];
  /** @param gates of each quantizer, as `packGates` lays them out */
  flat(gates: readonly Float64Array[]): Float32Array;
  /** The same back again. */
  ofEach(flat: ArrayLike<number>): Float64Array[];
}

export function gateLayout(sites: readonly Pick<QuantizerSite, 'gatedChannels'>[]): GateLayout {
  let channels = 0;
  const stretches = sites.map(({ gatedChannels: count }) => {
    channels += count;
    return { first: channels - count, count };
  });
  const bits = gatedBitWidths.length;
  /** The place in the vector of each gate of a quantizer. */
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
