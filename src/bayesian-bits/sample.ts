import type { GateDistribution, SampledGate } from './gate-distribution.js';
import { mapGates, type GateValues } from './gate-values.js';
import { gateGradients, gateProducts } from './levels.js';

/** The gates of one quantizer in one forward pass. */
export interface SampledGates {
  readonly z: GateValues;
  /** `dz / dphi` */
  readonly dz: GateValues;
  /** `C_b` of 2, 4, 8, 16, 32 bits. */
  readonly products: readonly number[];
}

/**
 * Sample the gates of 4, 8, 16 and 32 bits in a training step. The first gate that is switched off by its phi
 * turns off all wider ones, too (z = 0, no gradient from the data).
 *
 * @param phi for 4, 8, 16 and 32 bits
 * @param noise uniform in (0, 1), one number per gate
 */
export function trainingGates(
  distribution: GateDistribution,
  phi: readonly number[],
  noise: readonly number[],
): SampledGate[] {
  const off = phi.findIndex((value) => distribution.isOffInTraining(value));
  return phi.map((value, index) =>
    off >= 0 && index >= off ? { z: 0, dz: 0 } : distribution.sample(value, noise[index] ?? NaN),
  );
}

/** Sample a training step's gates. @param noise uniform in (0, 1); 1/2 makes the gates deterministic */
export function sampleGates(
  distribution: GateDistribution,
  phi: GateValues,
  noise: GateValues,
): SampledGates {
  const bits = trainingGates(distribution, phi.bits, noise.bits);
  const count = phi.channels.length;
  const channels = { z: new Float64Array(count), dz: new Float64Array(count) };
  phi.channels.forEach((value, channel) => {
    const gate = distribution.sample(value, noise.channels[channel] ?? NaN);
    channels.z[channel] = gate.z;
    channels.dz[channel] = gate.dz;
  });
  const z = bits.map((gate) => gate.z);
  return {
    z: { channels: channels.z, bits: z },
    dz: { channels: channels.dz, bits: bits.map((gate) => gate.dz) },
    products: gateProducts(z),
  };
}

/** The gates at test time, all 0 or 1. */
export function testGates(distribution: GateDistribution, phi: GateValues): SampledGates {
  const z = mapGates(phi, (value) => distribution.testGate(value));
  return { z, dz: mapGates(phi, () => 0), products: gateProducts(z.bits) };
}

/**
 * The gradient of the data loss with respect to phi.
 *
 * @param dProducts `dL / dC_b` of the five levels
 * @param dz2 `dL / dz_2` of each channel
 */
export function phiGradients(
  gates: SampledGates,
  dProducts: readonly number[],
  dz2: ArrayLike<number>,
): GateValues {
  const dz = gateGradients(gates.z.bits, dProducts);
  return {
    channels: gates.dz.channels.map((slope, channel) => slope * (dz2[channel] ?? NaN)),
    bits: gates.dz.bits.map((slope, index) => slope * (dz[index] ?? NaN)),
  };
}
