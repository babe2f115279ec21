import * as tf from '@tensorflow/tfjs-core';
import { bitWidths } from '../bayesian-bits/gates.js';
import { distinctInFloat32 } from '../bayesian-bits/levels.js';
import { quantize } from '../bayesian-bits/quantizer.js';
import type { SampledGates } from '../bayesian-bits/sample.js';
import { fullPrecision, type Quantizers } from '../nn/forward.js';
import type { Plan, QuantizerSite } from '../nn/plan.js';
import { finitenessLength } from './finiteness.js';
import type { Optimizer } from './optimizers/optimizers.js';
import { betaOf, type QuantizerState } from './quantizer-state.js';
import { vectorLayout, type VectorLayout } from './vector-layout.js';

/**
 * The data exchanged between the host and a training program in each call, and the network's quantizers made
 * from it.
 */

/** The host's input to every entry; only steps use rates; entry `ranges` uses no beta. */
export function hostLayout(
  sites: readonly QuantizerSite[],
  optimizer: Pick<Optimizer, 'rates'>,
): VectorLayout {
  const rates = Object.keys(optimizer.rates).map((name) => [name, 1] as const);
  return vectorLayout({ ...Object.fromEntries(rates), ...quantizerLengths(sites) });
}

/**
 * A step's output: batch metrics, each quantizer's gradients, and marks of tensors that are not finite.
 */
export function gradientLayout(plan: Plan, sites: readonly QuantizerSite[]): VectorLayout {
  return vectorLayout({
    crossEntropy: 1,
    correct: 1,
    ...quantizerLengths(sites),
    finiteness: finitenessLength(plan),
  });
}

/** Lengths of the sections of both vectors that belong to quantizers. */
export function quantizerLengths(sites: readonly QuantizerSite[]): Record<string, number> {
  const lengths: Record<string, number> = {};
  for (const { name, gatedChannels, rounded } of sites) {
    if (rounded) {
      lengths[`${name}/beta`] = 1;
      lengths[`${name}/products`] = bitWidths.length;
    }
    if (gatedChannels > 0) lengths[`${name}/z2`] = gatedChannels;
  }
  return lengths;
}

/** A quantizer's inputs, by the names of their sections. */
export function quantizerValues(
  quantizer: QuantizerState,
  { products, z }: SampledGates,
): Record<string, ArrayLike<number>> {
  const { name, gatedChannels, rounded } = quantizer.site;
  return {
    ...(rounded
      ? {
          [`${name}/beta`]: [betaOf(quantizer)],
          [`${name}/products`]: distinctInFloat32(products),
        }
      : {}),
    ...(gatedChannels > 0 ? { [`${name}/z2`]: z.channels } : {}),
  };
}

/** Make the quantizers of the forward pass from the host's input. */
export function quantizersFrom(
  sites: readonly QuantizerSite[],
  fromHost: Readonly<Record<string, tf.Tensor>>,
  betaOf: (site: QuantizerSite, x: tf.Tensor) => tf.Tensor = ({ name }) =>
    fromHost[`${name}/beta`] as tf.Tensor,
): Quantizers {
  const byName = new Map(sites.map((site) => [site.name, site]));
  const gatesOf = (name: string) => fromHost[`${byName.get(name)?.gatesOf ?? name}/z2`];
  const quantizeAt = (site: QuantizerSite, x: tf.Tensor, channelGates?: tf.Tensor) =>
    quantize(x, site.signed, {
      beta: betaOf(site, x),
      products: fromHost[`${site.name}/products`] as tf.Tensor,
      channelGates,
    });
  return {
    weight(name, weight) {
      const site = byName.get(name);
      const gates = gatesOf(name);
      if (site?.rounded) return quantizeAt(site, weight, gates);
      return gates ? tf.mul(weight, gates) : fullPrecision.weight(name, weight);
    },
    weightAndGates(name, weight) {
      const site = byName.get(name);
      return { weight: site?.rounded ? quantizeAt(site, weight) : weight, gates: gatesOf(name) };
    },
    activation(name, beforeRelu, nonlinearity) {
      const site = byName.get(name);
      return site
        ? quantizeAt(site, beforeRelu)
        : fullPrecision.activation(name, beforeRelu, nonlinearity);
    },
  };
}
