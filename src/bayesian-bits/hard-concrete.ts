import type { GateDistribution } from './gate-distribution.js';

const temperature = 2 / 3;
const stretchLow = -0.1;
const stretchHigh = 1.1;
/** At test time a gate is open if P(z = 0) is less than this. */
const testThreshold = 0.34;
/** Training turns off gates above 2 bits whose phi is at most this. */
const switchOffPhi = -2;

/** (2/3) log(0.1 / 1.1): where the stretched sigmoid crosses 0. */
const zeroCrossing = temperature * Math.log(-stretchLow / stretchHigh);

/**
 * The hard concrete distribution: a sigmoid with temperature 2/3, stretched to (-0.1, 1.1) and clamped.
 *
 *     s = sigmoid((log u - log(1 - u) + phi) / (2/3)),  z = clamp(1.2 s - 0.1, 0, 1)
 *
 * In training a gate above 2 bits is off where phi <= -2. At test time a gate is open if
 * `sigmoid((2/3) log(0.1/1.1) - phi) < 0.34`, that is, phi > -0.935. It is open with probability
 * `q = sigmoid(phi - (2/3) log(0.1/1.1))`, with `d log q / dphi = 1 - q`.
 *
 * Source: van Baalen et al., NeurIPS 2020, on gates; Louizos et al., ICLR 2018 (hard concrete).
 */
export const hardConcrete: GateDistribution = {
  sample(phi, u) {
    const s = sigmoid((Math.log(u) - Math.log(1 - u) + phi) / temperature);
    const stretched = s * (stretchHigh - stretchLow) + stretchLow;
    if (stretched <= 0) return { z: 0, dz: 0 };
    if (stretched >= 1) return { z: 1, dz: 0 };
    return { z: stretched, dz: ((stretchHigh - stretchLow) * s * (1 - s)) / temperature };
  },
  isOffInTraining: (phi) => phi <= switchOffPhi,
  testGate: (phi) => (sigmoid(zeroCrossing - phi) < testThreshold ? 1 : 0),
  probabilityOpen(phi) {
    const q = sigmoid(phi - zeroCrossing);
    return { q, dLogQ: 1 - q };
  },
  // The sigmoids of these are exactly 1 and 0.
  fixed: { open: 1000, shut: -1000 },
  onDevice: {
    noise: (u) => Math.log(u) - Math.log(1 - u),
    sample(phi, noise, tf) {
      const s = tf.sigmoid(tf.div(tf.add(noise, phi), temperature));
      const stretched = tf.add(tf.mul(s, stretchHigh - stretchLow), stretchLow);
      const slope = tf.mul(tf.mul(s, tf.sub(1, s)), (stretchHigh - stretchLow) / temperature);
      const isInterior = tf.logicalAnd(tf.greater(stretched, 0), tf.less(stretched, 1));
      return {
        z: tf.minimum(tf.maximum(stretched, 0), 1),
        dz: tf.where(isInterior, slope, tf.zerosLike(slope)),
      };
    },
    isOff: (phi, tf) => tf.lessEqual(phi, switchOffPhi),
    probabilityOpen(phi, tf) {
      const logit = tf.sub(phi, zeroCrossing);
      // 1 - q would lose precision where q is near 1.
      return { q: tf.sigmoid(logit), dLogQ: tf.sigmoid(tf.neg(logit)) };
    },
  },
};

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
