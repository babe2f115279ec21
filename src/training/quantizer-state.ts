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

/** No range is ever smaller: a tensor may be all zeros. */
export const smallestBeta = 1e-6;

/** What one quantizer has learned: its range and its gates, on the host, with Adam's means. */
export interface QuantizerState {
  readonly site: QuantizerSite;
  /** Of its gates. */
  readonly distribution: GateDistribution;
  /** One number. */
  readonly beta: AdamNumbers;
  /** Of all gates, as `packGates` lays them out. */
  readonly phi: AdamNumbers;
}

/** Quantizers before their first step; ranges are set later. */
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

/** The quantizer at a width that stays, its channels as they are. */
export function withBits(quantizer: QuantizerState, bits: BitWidth): QuantizerState {
  const { channels } = phiOf(quantizer);
  return withPhi(quantizer, { channels, bits: fixedBits(quantizer.distribution, bits) });
}

/** The quantizer with every gate open or shut for good. @param isOpen of phi, numbered as in its state */
export function withFixedGates(
  quantizer: QuantizerState,
  isOpen: (phi: number, at: number) => boolean,
): QuantizerState {
  const { open, shut } = quantizer.distribution.fixed;
  const fixed = quantizer.phi.value.map((phi, at) => (isOpen(phi, at) ? open : shut));
  // Without their optimizer's means, which would move them.
  return { ...quantizer, phi: initAdamNumbers(fixed) };
}

/** The quantizer with its test-time gates for good. */
export function withTestTimeGates(quantizer: QuantizerState): QuantizerState {
  return withFixedGates(quantizer, (phi) => quantizer.distribution.testGate(phi) === 1);
}

/** The same before the first step of another phase. */
export function fixedAtTestTime(quantizer: QuantizerState): QuantizerState {
  return { ...withTestTimeGates(quantizer), beta: initAdamNumbers(quantizer.beta.value) };
}

export function phiOf(quantizer: QuantizerState): GateValues {
  return unpackGates(quantizer.phi.value);
}

/** Whether each gate, numbered as in the state, stays as it is. */
export function fixedGates({ distribution, phi }: QuantizerState): boolean[] {
  return Array.from(phi.value, (value) => isFixed(distribution, value));
}

/** The quantizer with test-time gates. */
export function testTimeQuantizer(quantizer: QuantizerState): TestTimeQuantizer {
  const { z } = testGates(quantizer.distribution, phiOf(quantizer));
  return {
    bits: effectiveBits(z.bits),
    rounded: quantizer.site.rounded,
    keptChannels: Array.from(z.channels, (gate) => gate !== 0),
  };
}

/** All quantizers with test-time gates, by the names of their sites. */
export function testTimeQuantizers(
  quantizers: readonly QuantizerState[],
): Map<string, TestTimeQuantizer> {
  return new Map(
    quantizers.map((quantizer) => [quantizer.site.name, testTimeQuantizer(quantizer)]),
  );
}

/** What the network costs with test-time gates. */
export function testTimeCost(plan: Plan, quantizers: readonly QuantizerState[]): NetworkCost {
  return networkCost(plan, testTimeQuantizers(quantizers));
}

/** The uniforms in (0, 1) that a step takes for a quantizer's gates. */
export type GateNoise = (site: QuantizerSite) => GateValues;

/** Uniform noise: stochastic gates. */
export function uniformNoise(stream: RandomStream): GateNoise {
  return ({ gatedChannels }) => unpackGates(stream.uniforms(gateCount(gatedChannels)));
}

/** No noise: deterministic gates. */
export const noNoise: GateNoise = ({ gatedChannels }) =>
  unpackGates(new Float64Array(gateCount(gatedChannels)).fill(0.5));

/** The noise of a way to draw gates. */
export function noiseOf(sampling: 'stochastic' | 'deterministic', stream: RandomStream): GateNoise {
  return sampling === 'stochastic' ? uniformNoise(stream) : noNoise;
}

/** The gates of all quantizers in a training step. */
export function sampleAll(quantizers: readonly QuantizerState[], noise: GateNoise): SampledGates[] {
  return quantizers.map((quantizer) =>
    sampleGates(quantizer.distribution, phiOf(quantizer), noise(quantizer.site)),
  );
}

/** Gradients of the loss. */
export interface QuantizerGradients {
  readonly beta: number;
  readonly phi: GateValues;
}

/** How ranges and gates are moved. */
export interface QuantizerOptimizers {
  readonly ranges: AdamSettings;
  readonly gates: AdamSettings;
  /** Default: both do. */
  readonly learns?: readonly Learnable[] | undefined;
}

/** One step of a quantizer's range and gates. */
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
