import type * as tf from '@tensorflow/tfjs-core';
import { gatedBitWidths, type BitWidth } from './gates.js';

/** A gate's value and its derivative with respect to its parameter phi. */
export interface SampledGate {
  /** In [0, 1]. */
  readonly z: number;
  /** dz / dphi; 0 where z is saturated. */
  readonly dz: number;
}

/** The probability that a gate is open. */
export interface OpenProbability {
  /** `q = P(z > 0)` */
  readonly q: number;
  /** `d log q / dphi` */
  readonly dLogQ: number;
}

/**
 * A distribution of gates z in [0, 1] with one parameter phi each; a larger phi opens the gate. The method
 * assumes nothing else about its gates.
 */
export interface GateDistribution {
  /** @param u uniform in (0, 1); 1/2 removes the noise, which gives the deterministic gate */
  sample(phi: number, u: number): SampledGate;
  /** Whether training turns off a gate above 2 bits, and all wider ones, whatever the noise. */
  isOffInTraining(phi: number): boolean;
  testGate(phi: number): 0 | 1;
  probabilityOpen(phi: number): OpenProbability;
  /** phi of a gate that does not learn: always open or always shut, with zero gradient. */
  readonly fixed: { readonly open: number; readonly shut: number };
  /** The same functions on a device; without them, gates stay on the host. */
  readonly onDevice?: GatesOnDevice;
}

/** TensorFlow.js, passed as an argument so that reading a config does not load it. */
export type TensorFlow = typeof tf;

/** A distribution's functions, elementwise on float32 tensors. */
export interface GatesOnDevice {
  /** The noise that `sample` takes for a uniform u, computed on the host, where float64 resolves u near 1. */
  noise(u: number): number;
  sample(phi: tf.Tensor, noise: tf.Tensor, tf: TensorFlow): Record<keyof SampledGate, tf.Tensor>;
  /** `isOffInTraining`, as bool. */
  isOff(phi: tf.Tensor, tf: TensorFlow): tf.Tensor;
  probabilityOpen(phi: tf.Tensor, tf: TensorFlow): Record<keyof OpenProbability, tf.Tensor>;
}

/** Whether a gate with this phi never changes. */
export function isFixed({ fixed }: GateDistribution, phi: number): boolean {
  return phi >= fixed.open || phi <= fixed.shut;
}

/** phi of the gates of 4, 8, 16 and 32 bits that fixes a bit width. */
export function fixedBits({ fixed }: GateDistribution, width: BitWidth): number[] {
  return gatedBitWidths.map((gate) => (gate <= width ? fixed.open : fixed.shut));
}
