/**
 * Stochastic gates on bit widths and channels: the hard concrete distribution, in plain numbers
 * (a quantizer has four of them, and one per output channel).
 *
 * Source: van Baalen et al., NeurIPS 2020, on gates; Louizos et al., ICLR 2018 (hard concrete).
 */

/** The bit widths of the decomposition. "The gate of b" decides whether b bits are kept, given b/2. */
export const bitWidths = [2, 4, 8, 16, 32] as const;
export type BitWidth = (typeof bitWidths)[number];

/** The bit widths that have one gate per tensor; 2 bits are always there, up to channel gates. */
export const gatedBitWidths = [4, 8, 16, 32] as const;

/** A gate's value and its derivative to its parameter phi. */
export interface Gate {
  /** In [0, 1]. */
  readonly z: number;
  /** dz / dphi; 0 where z is saturated. */
  readonly dz: number;
}

const temperature = 2 / 3;
const stretchLow = -0.1;
const stretchHigh = 1.1;
/** A gate is open at test time unless it is exactly 0 with at least this probability. */
const testThreshold = 0.34;
/** Gates above 2 bits whose phi is not above this are off while training. */
const switchOffPhi = -2;

/** (2/3) log(0.1 / 1.1): where the stretched sigmoid crosses 0. */
const zeroCrossing = temperature * Math.log(-stretchLow / stretchHigh);

/**
 * A sample of the hard concrete distribution:
 *
 *     s = sigmoid((log u - log(1 - u) + phi) / (2/3)),  z = clamp(1.2 s - 0.1, 0, 1)
 *
 * @param u uniform in (0, 1); 1/2 takes the noise away, which is the deterministic gate.
 */
export function hardConcrete(phi: number, u: number): Gate {
  const s = sigmoid((Math.log(u) - Math.log(1 - u) + phi) / temperature);
  const stretched = s * (stretchHigh - stretchLow) + stretchLow;
  if (stretched <= 0) return { z: 0, dz: 0 };
  if (stretched >= 1) return { z: 1, dz: 0 };
  return { z: stretched, dz: ((stretchHigh - stretchLow) * s * (1 - s)) / temperature };
}

/**
 * The gates of 4, 8, 16 and 32 bits in a training step: sampled, but from the first one with
 * phi <= -2 on all are off (z = 0, no gradient from the data).
 *
 * @param phi of 4, 8, 16, 32 bits
 * @param noise uniforms in (0, 1), one per gate
 */
export function trainingGates(phi: readonly number[], noise: readonly number[]): Gate[] {
  const off = phi.findIndex((value) => value <= switchOffPhi);
  return phi.map((value, index) =>
    off >= 0 && index >= off ? { z: 0, dz: 0 } : hardConcrete(value, noise[index] ?? NaN),
  );
}

/**
 * A gate at test time: 1 unless it is more likely than not to be closed,
 *
 *     z = 1 if sigmoid((2/3) log(0.1/1.1) - phi) < 0.34, else 0       (so phi > -0.935)
 */
export function testGate(phi: number): 0 | 1 {
  return sigmoid(zeroCrossing - phi) < testThreshold ? 1 : 0;
}

/** `q = P(z > 0) = sigmoid(phi - (2/3) log(0.1/1.1))`. */
export function probabilityOpen(phi: number): number {
  return sigmoid(phi - zeroCrossing);
}

/**
 * The bit width that a tensor has with these gates of 4, 8, 16, 32 bits: 2 to the number of
 * consecutive open ones, counting that of 2 bits as open.
 */
export function effectiveBits(gates: readonly number[]): BitWidth {
  const closed = gates.findIndex((z) => z === 0);
  const open = closed < 0 ? gates.length : closed;
  return bitWidths[open] as BitWidth;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
