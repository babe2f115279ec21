import * as tf from '@tensorflow/tfjs-core';
import { sumsOver } from './sums-over.js';

/** How quantizers share one vector of channel gates. */
export interface ChannelGates {
  /** Indices of the gates that act on each quantizer's channels; empty without channel gates. */
  readonly acting: readonly (readonly number[])[];
  /** Indices of the quantizers on which each gate acts. */
  readonly actsOn: readonly (readonly number[])[];
}

interface Probabilities {
  /** For 4, 8, 16 and 32 bits: a vector with one number for each quantizer. */
  readonly bits: readonly tf.Tensor[];
  /** For all channel gates: a vector; undefined without channel gates. */
  readonly channels: tf.Tensor | undefined;
}

/**
 * The sum of all quantizers' regularizers and its gradients with respect to phi, on tensors: the counterpart
 * of `regularizer` in `src/bayesian-bits/prior.ts`.
 *
 * @param lambdas of each quantizer, for 2, 4, 8, 16 and 32 bits
 */
export function regularizerOf(
  lambdas: readonly (readonly number[])[],
  { acting, actsOn }: ChannelGates,
): (q: Probabilities, dLogQ: Probabilities) => { value: tf.Tensor; dphi: Probabilities } {
  const weights = [1, 2, 3, 4].map((level) => lambdas.map((lambda) => lambda[level] ?? NaN));
  const hasChannels = acting.map((places) => (places.length > 0 ? 1 : 0));
  const ofTwoBits = lambdas.map(([lambda2 = NaN], index) => (hasChannels[index] ? lambda2 : 1));
  const shares = acting.map(({ length }) => (length > 0 ? 1 / length : 0));
  const sumsOfActing = sumsOver(acting);
  const sumsOfActedOn = sumsOver(actsOn);

  return (q, dLogQ) => {
    let product: tf.Tensor = tf.ones([lambdas.length]);
    const terms = q.bits.map((open, index) => {
      product = tf.mul(product, open);
      return tf.mul(product, tf.tensor1d(weights[index] ?? []));
    });
    const gated = tf.addN(terms);
    const all = tf.add(gated, tf.tensor1d(ofTwoBits));
    const dGated = dLogQ.bits.map((slope, index) => tf.mul(tf.addN(terms.slice(index)), slope));
    if (!q.channels || !dLogQ.channels) {
      return { value: tf.sum(all), dphi: { bits: dGated, channels: undefined } };
    }
    const share = tf.tensor1d(shares);
    const ofOthers = tf.tensor1d(hasChannels.map((has) => 1 - has));
    const meanQ2 = tf.add(tf.mul(sumsOfActing(q.channels), share), ofOthers);
    const slope = sumsOfActedOn(tf.mul(all, share));
    return {
      value: tf.sum(tf.mul(meanQ2, all)),
      dphi: {
        bits: dGated.map((derivative) => tf.mul(meanQ2, derivative)),
        channels: tf.mul(tf.mul(q.channels, dLogQ.channels), slope),
      },
    };
  };
}
