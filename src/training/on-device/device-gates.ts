import * as tf from '@tensorflow/tfjs-core';
import type { GatesOnDevice } from '../../bayesian-bits/gate-distribution.js';
import { bitWidths } from '../../bayesian-bits/gates.js';
import {
  gateGradients,
  gateProducts,
  withoutThoseOff,
} from '../../bayesian-bits/on-device/levels.js';
import { regularizerOf } from '../../bayesian-bits/on-device/regularizer.js';
import type { NamedTensors } from '../../compile/entry.js';
import type { QuantizerSite } from '../../nn/plan.js';
import { actingOn } from '../acting-gates.js';
import { gateLayout } from './gate-layout.js';

/** Gates sampled for one step. */
interface SampledGates {
  /** Inputs of the quantizers, named as in `quantizerLengths`. */
  readonly numbers: NamedTensors;
  /** z of 4, 8, 16 and 32 bits, each of shape [quantizers]. */
  readonly z: readonly tf.Tensor[];
  /** dz / dphi of these gates. */
  readonly dz: readonly tf.Tensor[];
  /** dz / dphi of all channel gates; undefined if there are none. */
  readonly dChannels: tf.Tensor | undefined;
}

/**
 * A step's operations on the gates of all quantizers, as tensors: the counterparts of the host's
 * `sampleGates`, `phiGradients` and `priceOfGates`. Vectors of gates have the layout of `gateLayout`.
 */
export function deviceGates(
  sites: readonly QuantizerSite[],
  distribution: GatesOnDevice,
  lambdas: readonly (readonly number[])[],
) {
  const layout = gateLayout(sites);
  const places = layout.stretches.map(({ first, count }) =>
    Array.from({ length: count }, (_, at) => first + at),
  );
  const owners = actingOn(sites).map((owner, index) => owner ?? index);
  const actsOn = places.flatMap((own, index) => {
    const those = owners.flatMap((owner, site) => (owner === index ? [site] : []));
    return own.map(() => those);
  });
  const price = regularizerOf(lambdas, {
    acting: owners.map((owner) => places[owner] ?? []),
    actsOn,
  });

  return {
    sample(phi: tf.Tensor, noise: tf.Tensor): SampledGates {
      const all = distribution.sample(phi, noise, tf);
      const isOff = split(distribution.isOff(phi, tf)).bits;
      const [ofZ, ofDz] = [split(all.z), split(all.dz)];
      const { z, dz } = withoutThoseOff(isOff, { z: ofZ.bits, dz: ofDz.bits });
      const products = tf.unstack(tf.stack(gateProducts(z), 1));
      const numbers: NamedTensors = {};
      sites.forEach(({ name, rounded }, index) => {
        const { first = 0, count = 0 } = layout.stretches[index] ?? {};
        if (rounded) numbers[`${name}/products`] = products[index] as tf.Tensor;
        if (count === 0) return;
        const own = tf.slice(all.z, first, count);
        numbers[`${name}/z2`] = count === 1 ? tf.reshape(own, []) : own;
      });
      return { numbers, z, dz, dChannels: ofDz.channels };
    },

    /** Gradient of the data loss with respect to phi. @param gradients with respect to the quantizers' inputs */
    phiGradients({ z, dz, dChannels }: SampledGates, gradients: Readonly<NamedTensors>) {
      const nothing = tf.zeros([bitWidths.length]);
      // Tensors that are not rounded have no bit gates.
      const dProducts = sites.map(({ name }) => gradients[`${name}/products`] ?? nothing);
      const bits = gateGradients(z, tf.unstack(tf.stack(dProducts), 1));
      const dz2 = sites.flatMap(({ name, gatedChannels }) =>
        gatedChannels > 0 ? [tf.reshape(gradients[`${name}/z2`] as tf.Tensor, [-1])] : [],
      );
      return join({
        bits: bits.map((gradient, index) => tf.mul(dz[index] as tf.Tensor, gradient)),
        channels: dChannels && tf.mul(dChannels, tf.concat(dz2)),
      });
    },

    /** Price of the open gates, and its gradient with respect to phi. */
    price(phi: tf.Tensor): { value: tf.Tensor; dphi: tf.Tensor } {
      const { q, dLogQ } = distribution.probabilityOpen(phi, tf);
      const { value, dphi } = price(split(q), split(dLogQ));
      return { value, dphi: join(dphi) };
    },
  };

  function split(gates: tf.Tensor) {
    const { channels, size } = layout;
    const ofBits = tf.reshape(tf.slice(gates, channels, size - channels), [sites.length, -1]);
    return {
      bits: tf.unstack(ofBits, 1),
      channels: channels > 0 ? tf.slice(gates, 0, channels) : undefined,
    };
  }

  function join({
    bits,
    channels,
  }: {
    bits: readonly tf.Tensor[];
    channels?: tf.Tensor | undefined;
  }) {
    const ofBits = tf.reshape(tf.stack([...bits], 1), [-1]);
    return channels ? tf.concat([channels, ofBits]) : ofBits;
  }
}
