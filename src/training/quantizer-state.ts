import { fixedBits, isFixed, type GateDistribution } from '../bayesian-bits/gate-distribution.js';
import {
  gateCount,
  packGates,
  unpackGates,
  type GateValues,
} from '../bayesian-bits/gate-values.js';
import { effectiveBits, type BitWidth } from '../bayesian-bits/gates.js';
import { sampleGates, testGates, type SampledGates } from '../bayesian-bits/sample.js';
import type { Plan, QuantizerSite } from '../nn/plan.js';
import type { RandomStream } from '../random.js';
import {
  adamNumbers,
  initAdamNumbers,
  type AdamNumbers,
  type AdamSettings,
} from './optimizers/adam.js';
import type { Moment } from './optimizers/transform.js';
import type { SiteSetup } from '../setup/gate-setup.js';
import { networkCost, type NetworkCost, type TestTimeQuantizer } from '../setup/network-cost.js';
import { everything, type Learnable } from '../config/learnable.js';

/** Lower bound of ranges, as a tensor may be all zeros. */
export const smallestBeta = 1e-6;

/** Learned state of one quantizer on the host: its range and gates, with Adam's moments. */
export interface QuantizerState {
  readonly site: QuantizerSite;
  /** Distribution of its gates. */
  readonly distribution: GateDistribution;
  /** The range, a single number. */
  readonly beta: AdamNumbers;
  /** Parameters of all gates, in the order of `packGates`. */
  readonly phi: AdamNumbers;
}

/** Quantizers before the first step; ranges are set later. */
export function initQuantizers(setups: readonly SiteSetup[]): QuantizerState[] {
  return setups.map(({ site, distribution, bits, channels }) => ({
    site,
    distribution,
    beta: initAdamNumbers(Float64Array.of(1)),
    phi: initAdamNumbers(
      packGates({ channels: new Float64Array(site.gatedChannels).fill(channels), bits }),
    ),
  }));
}

export function betaOf(quantizer: QuantizerState): number {
  return quantizer.beta.value[0] ?? NaN;
}

export function withBeta(quantizer: QuantizerState, beta: number): QuantizerState {
  const value = Float64Array.of(Math.max(beta, smallestBeta));
  return { ...quantizer, beta: { ...quantizer.beta, value } };
}

export function withPhi(quantizer: QuantizerState, phi: GateValues): QuantizerState {
  return { ...quantizer, phi: { ...quantizer.phi, value: packGates(phi) } };
}

/** Fix a quantizer's bit width; channel gates are unchanged. */
export function withBits(quantizer: QuantizerState, bits: BitWidth): QuantizerState {
  const { channels } = phiOf(quantizer);
  return withPhi(quantizer, { channels, bits: fixedBits(quantizer.distribution, bits) });
}

/** Fix every gate open or closed. @param isOpen receives phi and its index in the state */
export function withFixedGates(
  quantizer: QuantizerState,
  isOpen: (phi: number, at: number) => boolean,
): QuantizerState {
  const { open, shut } = quantizer.distribution.fixed;
  const fixed = quantizer.phi.value.map((phi, at) => (isOpen(phi, at) ? open : shut));
  // Without Adam's moments, which would move fixed gates.
  return { ...quantizer, phi: initAdamNumbers(fixed) };
}

/** Fix a quantizer's gates at their test-time values. */
export function withTestTimeGates(quantizer: QuantizerState): QuantizerState {
  return withFixedGates(quantizer, (phi) => quantizer.distribution.testGate(phi) === 1);
}

/** `withTestTimeGates` for the start of a new phase, without the range's moments. */
export function fixedAtTestTime(quantizer: QuantizerState): QuantizerState {
  return { ...withTestTimeGates(quantizer), beta: initAdamNumbers(quantizer.beta.value) };
}

export function phiOf(quantizer: QuantizerState): GateValues {
  return unpackGates(quantizer.phi.value);
}

/** Whether each gate, indexed as in the state, is fixed. */
export function fixedGates({ distribution, phi }: QuantizerState): boolean[] {
  return Array.from(phi.value, (value) => isFixed(distribution, value));
}

/** A quantizer with test-time gates. */
export function testTimeQuantizer(quantizer: QuantizerState): TestTimeQuantizer {
  const { z } = testGates(quantizer.distribution, phiOf(quantizer));
  return {
    bits: effectiveBits(z.bits),
    rounded: quantizer.site.rounded,
    keptChannels: Array.from(z.channels, (gate) => gate !== 0),
  };
}

/** All quantizers with test-time gates, by site name. */
export function testTimeQuantizers(
  quantizers: readonly QuantizerState[],
): Map<string, TestTimeQuantizer> {
  return new Map(
    quantizers.map((quantizer) => [quantizer.site.name, testTimeQuantizer(quantizer)]),
  );
}

/** Cost of the network with test-time gates. */
export function testTimeCost(plan: Plan, quantizers: readonly QuantizerState[]): NetworkCost {
  return networkCost(plan, testTimeQuantizers(quantizers));
}

/** Source of the uniforms in (0, 1) with which a step samples a quantizer's gates. */
export type GateNoise = (site: QuantizerSite) => GateValues;

/** Uniform noise: stochastic gates. */
export function uniformNoise(stream: RandomStream): GateNoise {
  return ({ gatedChannels }) => unpackGates(stream.uniforms(gateCount(gatedChannels)));
}

/** No noise: deterministic gates. */
export const noNoise: GateNoise = ({ gatedChannels }) =>
  unpackGates(new Float64Array(gateCount(gatedChannels)).fill(0.5));

/** Gate noise of a sampling mode. */
export function noiseOf(sampling: 'stochastic' | 'deterministic', stream: RandomStream): GateNoise {
  return sampling === 'stochastic' ? uniformNoise(stream) : noNoise;
}

/** Sample the gates of all quantizers for a training step. */
export function sampleAll(quantizers: readonly QuantizerState[], noise: GateNoise): SampledGates[] {
  return quantizers.map((quantizer) =>
    sampleGates(quantizer.distribution, phiOf(quantizer), noise(quantizer.site)),
  );
}

/** Gradients of the loss with respect to a quantizer's parameters. */
export interface QuantizerGradients {
  readonly beta: number;
  readonly phi: GateValues;
}

/** Optimizers of ranges and gates. */
export interface QuantizerOptimizers {
  readonly ranges: AdamSettings;
  readonly gates: AdamSettings;
  /** Default: both learn. */
  readonly learns?: readonly Learnable[] | undefined;
}

/** Update a quantizer's range and gates in one step. */
export function updateQuantizer(
  quantizer: QuantizerState,
  gradients: QuantizerGradients,
  optimizers: QuantizerOptimizers,
  at: Moment,
): QuantizerState {
  const { ranges, gates, learns = everything } = optimizers;
  const dbeta = Float64Array.of(gradients.beta);
  const updated = {
    ...quantizer,
    beta: learns.includes('ranges')
      ? adamNumbers(ranges, at, quantizer.beta, dbeta)
      : quantizer.beta,
    phi: learns.includes('gates')
      ? adamNumbers(gates, at, quantizer.phi, packGates(gradients.phi))
      : quantizer.phi,
  };
  return withBeta(updated, betaOf(updated));
}
