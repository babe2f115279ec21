import { bitOperations, fullBitOperations, fullPrecisionBits, inputBits } from './bops.js';
import { bitWidths } from './gates.js';
import type { GateValues } from './gate-values.js';
import type { PricedLayer, PricedProducer, PriceOf } from './price.js';
import type { OpenProbabilities } from './prior.js';

/**
 * The expected relative bit operations, in percent, when each gate is open with its probability q:
 *
 *     R = 100 * sum over layers of macs * E[b_w] * E[b_a] * E[kept] / (32 * 32 * sum of macs)
 *     E[b] = 2 + 2 q_4 + 4 q_4 q_8 + 8 q_4 q_8 q_16 + 16 q_4 q_8 q_16 q_32
 *     E[kept] = mean over groups of (mean of q_2 of its outputs) * (mean of e of its inputs)
 *     e = 1 - (product of 1 - q_2 of the channel's producers, each once)
 *
 * with one group except in grouped convolutions. A depthwise convolution's channels share the gates of the
 * channels that they read: `E[kept] = mean of q_2`.
 *
 * R is the expectation of `bitOperations`, since gates are independent and none occurs in two factors of one
 * layer. Tensors without gates have q = 1; the network's input has 8 bits, or 32 where nothing is quantized.
 *
 * Ours, not the paper's: the published price of a tensor's bits is proportional to `macs` alone, as if the
 * other factor had one bit, and a channel does not pay for the layers that read it.
 */
export const expectedBops: PriceOf = ({ layers }, quantizers) => {
  const at = new Map(quantizers.map(({ name }, index) => [name, index]));
  const bitsOfInput = quantizers.some(({ rounded }) => rounded) ? inputBits : fullPrecisionBits;
  /** The element of a list that belongs to a quantizer; undefined for an unknown quantizer. */
  function own<T>(list: readonly T[], name: string | undefined): T | undefined {
    const index = name === undefined ? undefined : at.get(name);
    return index === undefined ? undefined : list[index];
  }
  const unit = 100 / fullBitOperations(sum(layers.map(({ macs }) => macs)));

  return (open) => {
    const bits = open.map(expectedBits);
    const q2 = (weight: string | undefined) => own(open, weight)?.q.channels;
    const bitsOf = (site: string) => own(bits, site)?.value ?? fullPrecisionBits;
    /** dR / dE[b] of each quantizer, and dR / dq_2. */
    const slopes = open.map(({ q }) => ({
      bits: 0,
      channels: new Float64Array(q.channels.length),
    }));
    const slopesOf = (site: string | undefined) => own(slopes, site);

    let value = 0;
    for (const layer of layers) {
      const producers = withoutRepeats(layer.producers);
      const inputs = expectedInputs(layer.inputChannels, producers, q2);
      const kept = expectedShare(layer, q2(layer.gatedBy) ?? [], inputs.kept);
      const cost = {
        macs: unit * layer.macs,
        weightBits: bitsOf(layer.weight),
        activationBits: layer.reads === undefined ? bitsOfInput : bitsOf(layer.reads),
        keptOutputs: kept.share,
        keptInputs: 1,
      };
      value += bitOperations(cost);

      // The cost is linear in each factor.
      const weight = slopesOf(layer.weight);
      if (weight) weight.bits += bitOperations({ ...cost, weightBits: 1 });
      const read = slopesOf(layer.reads);
      if (read) read.bits += bitOperations({ ...cost, activationBits: 1 });
      const perShare = bitOperations({ ...cost, keptOutputs: 1 });
      const gated = slopesOf(layer.gatedBy);
      if (gated) addTo(gated.channels, (channel) => perShare * (kept.outputs[channel] ?? NaN));
      producers.forEach(({ weight, first }, index) => {
        const weights = slopesOf(weight);
        const slope = inputs.slopes[index];
        if (!weights || !slope) return;
        const ofInput = (channel: number) => kept.inputs[first + channel] ?? NaN;
        addTo(weights.channels, (at) => perShare * ofInput(at) * (slope[at] ?? NaN));
      });
    }
    return { value, gradients: open.map((each, index) => toPhi(each, slopes[index], bits[index])) };
  };
};

interface ExpectedBits {
  readonly value: number;
  /** `dE[b] / dphi` of the gates of 4, 8, 16 and 32 bits. */
  readonly dphi: readonly number[];
}

/** `E[b]`: a gate adds b/2 bits if it and all narrower gates are open. */
function expectedBits({ q, dLogQ }: OpenProbabilities): ExpectedBits {
  let product = 1;
  const added = q.bits.map((open, index) => {
    product *= open;
    return ((bitWidths[index + 1] ?? NaN) - (bitWidths[index] ?? NaN)) * product;
  });
  return {
    value: bitWidths[0] + sum(added),
    dphi: dLogQ.bits.map((slope, index) => slope * sum(added.slice(index))),
  };
}

/** `E[kept]` and its derivatives with respect to q_2 of the outputs and e of the inputs. */
function expectedShare(
  { weight, gatedBy, geometry: { groups = 1 } }: PricedLayer,
  outputs: ArrayLike<number>,
  inputs: ArrayLike<number>,
): { readonly share: number; readonly outputs: Float64Array; readonly inputs: Float64Array } {
  const slopes = {
    outputs: new Float64Array(outputs.length),
    inputs: new Float64Array(inputs.length),
  };
  if (gatedBy !== weight) {
    slopes.outputs.fill(1 / outputs.length);
    return { share: outputs.length === 0 ? 1 : mean(outputs, 0, outputs.length), ...slopes };
  }
  const [outputsOf, inputsOf] = [outputs.length / groups, inputs.length / groups];
  let share = 0;
  for (let group = 0; group < groups; group++) {
    const [firstOutput, firstInput] = [group * outputsOf, group * inputsOf];
    const keptOutputs = outputsOf === 0 ? 1 : mean(outputs, firstOutput, outputsOf);
    const keptInputs = mean(inputs, firstInput, inputsOf);
    share += (keptOutputs * keptInputs) / groups;
    slopes.outputs.fill(keptInputs / outputs.length, firstOutput, firstOutput + outputsOf);
    slopes.inputs.fill(keptOutputs / inputs.length, firstInput, firstInput + inputsOf);
  }
  return { share, ...slopes };
}

function mean(values: ArrayLike<number>, first: number, count: number): number {
  let total = 0;
  for (let at = first; at < first + count; at++) total += values[at] ?? NaN;
  return total / count;
}

/** Count a gate once if it reaches both terms of a sum, as when one is a depthwise layer. */
function withoutRepeats(producers: readonly PricedProducer[]): readonly PricedProducer[] {
  return producers.filter(
    (one, index) =>
      producers.findIndex(({ weight, first }) => weight === one.weight && first === one.first) ===
      index,
  );
}

/** e of each input channel, and its derivatives with respect to q_2 of its producers' channels. */
function expectedInputs(
  inputChannels: number,
  producers: readonly PricedProducer[],
  q2: (weight: string | undefined) => Float64Array | undefined,
): { readonly kept: Float64Array; readonly slopes: readonly Float64Array[] } {
  const shutOf = producers.map(({ weight, channels }) => {
    const open = q2(weight) ?? [];
    return new Float64Array(channels).map((_, channel) => 1 - (open[channel] ?? 1));
  });
  /** The probability that none of the producers multiplied so far keeps a channel. */
  const none = new Float64Array(inputChannels).fill(1);
  const multiply = (index: number): Float64Array => {
    const { first = 0, channels = 0 } = producers[index] ?? {};
    const others = none.slice(first, first + channels);
    shutOf[index]?.forEach((shut, channel) => {
      none[first + channel] = (others[channel] ?? NaN) * shut;
    });
    return others;
  };
  const before = producers.map((_, index) => multiply(index));
  const kept = none.map((product) => 1 - product);
  none.fill(1);
  const slopes = producers.map(() => new Float64Array());
  for (let index = producers.length - 1; index >= 0; index--) {
    const behind = multiply(index);
    slopes[index] = behind.map((product, channel) => product * (before[index]?.[channel] ?? NaN));
  }
  return { kept, slopes };
}

/** `dR / dphi`, from `dR / dE[b]` and `dR / dq_2`. */
function toPhi(
  { q, dLogQ }: OpenProbabilities,
  slopes: { readonly bits: number; readonly channels: Float64Array } | undefined,
  bits: ExpectedBits | undefined,
): GateValues {
  return {
    channels: q.channels.map(
      (open, channel) =>
        (slopes?.channels[channel] ?? NaN) * open * (dLogQ.channels[channel] ?? NaN),
    ),
    bits: (bits?.dphi ?? []).map((slope) => (slopes?.bits ?? NaN) * slope),
  };
}

function addTo(values: Float64Array, added: (at: number) => number): void {
  for (let at = 0; at < values.length; at++) values[at] = (values[at] ?? NaN) + added(at);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
