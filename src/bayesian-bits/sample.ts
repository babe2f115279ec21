import { hardConcrete, testGate, trainingGates } from './gates.js';
import { gateGradients, gateProducts } from './levels.js';

/** A number for each gate of a quantizer: its parameters phi, its noise u, or a gradient. */
export interface GateValues {
  /** Of the output channels' gates; empty where there are none. */
  readonly channels: Float64Array;
  /** Of 4, 8, 16, 32 bits. */
  readonly bits: readonly number[];
}

/** The gates of one quantizer as one forward pass uses them. */
export interface SampledGates {
  /** z. */
  readonly z: GateValues;
  /** dz / dphi. */
  readonly dz: GateValues;
  /** `C_b` of 2, 4, 8, 16, 32 bits. */
  readonly products: readonly number[];
}

/** The gates of a training step. @param noise uniforms in (0, 1); all 1/2: deterministic gates */
export function sampleGates(phi: GateValues, noise: GateValues): SampledGates {
  const bits = trainingGates(phi.bits, noise.bits);
  const channels = Array.from(phi.channels, (value, channel) =>
    hardConcrete(value, noise.channels[channel] ?? NaN),
  );
  const z = bits.map((gate) => gate.z);
  return {
    z: { channels: Float64Array.from(channels, (gate) => gate.z), bits: z },
    dz: {
      channels: Float64Array.from(channels, (gate) => gate.dz),
      bits: bits.map((gate) => gate.dz),
    },
    products: gateProducts(z),
  };
}

/** The gates at test time, all 0 or 1. */
export function testGates(phi: GateValues): SampledGates {
  const z = phi.bits.map(testGate);
  return {
    z: { channels: phi.channels.map(testGate), bits: z },
    dz: { channels: phi.channels.map(() => 0), bits: z.map(() => 0) },
    products: gateProducts(z),
  };
}

/**
 * The data's gradient to phi.
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
