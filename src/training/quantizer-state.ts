import { regularizer, regularizerWeights, type Weighting } from '../bayesian-bits/prior.js';
import { effectiveBits, testGate, type BitWidth } from '../bayesian-bits/gates.js';
import {
  phiGradients,
  testGates,
  type GateValues,
  type SampledGates,
} from '../bayesian-bits/sample.js';
import type { Plan, QuantizerSite } from '../nn/plan.js';
import type { RandomStream } from '../random.js';
import {
  adamNumbers,
  initAdamNumbers,
  type AdamNumbers,
  type AdamSettings,
} from './optimizers/adam.js';
import type { Moment } from './optimizers/transform.js';
import { fixedBits, fixedOpen, fixedShut, type SiteSetup } from '../setup/gate-setup.js';
import { networkCost, type NetworkCost, type TestTimeQuantizer } from '../setup/network-cost.js';
import { everything, type Learnable } from '../config/learnable.js';

/** No range is ever smaller: a tensor may be all zeros. */
export const smallestBeta = 1e-6;

/** What one quantizer has learned: its range and its gates, on the host, with Adam's means. */
export interface QuantizerState {
  readonly site: QuantizerSite;
  /** `lambda_b` of 2, 4, 8, 16, 32 bits. */
  readonly lambda: readonly number[];
  /** One number. */
  readonly beta: AdamNumbers;
  /** The channel gates' phi, then those of 4, 8, 16, 32 bits. */
  readonly phi: AdamNumbers;
}

/** Quantizers before their first step; ranges are set later. */
export function initQuantizers(
  plan: Plan,
  setups: readonly SiteSetup[],
  weighting: Weighting,
): QuantizerState[] {
  const maxMacs = Math.max(...plan.layers.map((layer) => layer.macs));
  return setups.map(({ site, bits, channels, smallest }) => ({
    site,
    lambda: regularizerWeights(weighting, site.macs, maxMacs, smallest),
    beta: initAdamNumbers(Float64Array.of(1)),
    phi: initAdamNumbers(
      Float64Array.of(...new Array<number>(site.gatedChannels).fill(channels), ...bits),
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

/** @param phi the channel gates', then those of 4, 8, 16, 32 bits */
export function withPhi(quantizer: QuantizerState, phi: Float64Array): QuantizerState {
  return { ...quantizer, phi: { ...quantizer.phi, value: phi } };
}

/** The quantizer at a width that stays, its channels as they are. */
export function withBits(quantizer: QuantizerState, bits: BitWidth): QuantizerState {
  const { channels } = phiOf(quantizer);
  return withPhi(quantizer, Float64Array.of(...channels, ...fixedBits(bits)));
}

/** The quantizer with every gate open or shut for good. @param isOpen of phi, numbered as in its state */
export function withFixedGates(
  quantizer: QuantizerState,
  isOpen: (phi: number, at: number) => boolean,
): QuantizerState {
  const fixed = quantizer.phi.value.map((phi, at) => (isOpen(phi, at) ? fixedOpen : fixedShut));
  // Without their optimizer's means, which would move them.
  return { ...quantizer, phi: initAdamNumbers(fixed) };
}

/** The quantizer with its test-time gates for good, before the first step of another phase. */
export function fixedAtTestTime(quantizer: QuantizerState): QuantizerState {
  const fixed = withFixedGates(quantizer, (phi) => testGate(phi) === 1);
  return { ...fixed, beta: initAdamNumbers(quantizer.beta.value) };
}

export function phiOf(quantizer: QuantizerState): GateValues {
  return splitGates(quantizer.phi.value);
}

/** The quantizer with test-time gates. */
export function testTimeQuantizer(quantizer: QuantizerState): TestTimeQuantizer {
  const { z } = testGates(phiOf(quantizer));
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
  return ({ gatedChannels }) => splitGates(stream.uniforms(gatedChannels + gateCount));
}

/** No noise: deterministic gates. */
export const noNoise: GateNoise = ({ gatedChannels }) =>
  splitGates(new Float64Array(gatedChannels + gateCount).fill(0.5));

/** The noise of a way to draw gates. */
export function noiseOf(sampling: 'stochastic' | 'deterministic', stream: RandomStream): GateNoise {
  return sampling === 'stochastic' ? uniformNoise(stream) : noNoise;
}

/** What the data says of one quantizer in a step, as the program gives it back. */
export interface QuantizerGradients {
  readonly beta: number;
  /** Of the five levels' products. */
  readonly products: readonly number[];
  /** Of the channel gates; empty without. */
  readonly z2: ArrayLike<number>;
}

export interface QuantizerOptimizers {
  readonly ranges: AdamSettings;
  readonly gates: AdamSettings;
  /** Strength of the regularizer. */
  readonly mu: number;
  /** Default: both do. */
  readonly learns?: readonly Learnable[] | undefined;
}

/** One step of a quantizer's range and gates, for the loss `cross entropy + mu R`. */
export function updateQuantizer(
  quantizer: QuantizerState,
  gates: SampledGates,
  gradients: QuantizerGradients,
  optimizers: QuantizerOptimizers,
  at: Moment,
): QuantizerState {
  const { ranges, gates: gateOptimizer, mu, learns = everything } = optimizers;
  const fromData = phiGradients(gates, gradients.products, gradients.z2);
  const phi = phiOf(quantizer);
  const prior = regularizer(phi.channels, phi.bits, quantizer.lambda);
  const dphi = Float64Array.of(
    ...fromData.channels.map((slope, i) => slope + mu * (prior.dphi2[i] ?? NaN)),
    ...fromData.bits.map((slope, i) => slope + mu * (prior.dphi[i] ?? NaN)),
  );
  const dbeta = Float64Array.of(gradients.beta);
  const updated = {
    ...quantizer,
    beta: learns.includes('ranges')
      ? adamNumbers(ranges, at, quantizer.beta, dbeta)
      : quantizer.beta,
    phi: learns.includes('gates')
      ? adamNumbers(gateOptimizer, at, quantizer.phi, dphi)
      : quantizer.phi,
  };
  return withBeta(updated, betaOf(updated));
}

/** The sum of R over all quantizers. */
export function totalRegularizer(quantizers: readonly QuantizerState[]): number {
  return quantizers.reduce((sum, quantizer) => {
    const phi = phiOf(quantizer);
    return sum + regularizer(phi.channels, phi.bits, quantizer.lambda).value;
  }, 0);
}

/** Gates of 4, 8, 16 and 32 bits. */
const gateCount = 4;

function splitGates(values: Float64Array): GateValues {
  return {
    channels: values.subarray(0, -gateCount),
    bits: Array.from(values.subarray(-gateCount)),
  };
}
