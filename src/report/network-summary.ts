import {
  keptChannelsPercent,
  prunableLayers,
  withOwnChannels,
} from '../inspection/kept-channels.js';
import type { FinishedRunSummary } from '../runs/run-summary.js';
import { meanOf } from './statistics.js';

/** The bits of many tensors in a few numbers. */
export interface BitsSummary {
  /** Weighted by multiply-accumulates, as bit operations are; undefined if it is not known. */
  readonly mean: number | undefined;
  readonly lowest: number;
  readonly highest: number;
}

/** What of a network at its end is told in a line of a table, but accuracy and bit operations. */
export interface NetworkSummary {
  readonly weightBits: BitsSummary;
  /** Of tensors between layers, without the network's input; undefined where there are none. */
  readonly activationBits: BitsSummary | undefined;
  /** Of the channels that can be dropped; all others are always kept. */
  readonly keptChannelsPercent: number;
  /**
   * Kept weights at their bits; biases, scales, shifts, ranges and what dropped channels emit at 32
   * bits. Undefined if it is not known.
   */
  readonly compressedBytes: number | undefined;
  /** Of the networks, those that give the same for every image, since no channels are left in them. */
  readonly constantNetworks: number;
}

/** Of one run's network. */
export function summarizeNetwork({ result, network }: FinishedRunSummary): NetworkSummary {
  const { layers } = result;
  // Earlier results do not tell it.
  const isConstant =
    result.isConstant ?? network?.totals.isConstant ?? result.relativeBopsPercent === 0;
  return {
    weightBits: bitsOf(
      layers.map(({ weightBits }) => weightBits),
      weightedMean(layers.map(({ macs, weightBits }) => ({ macs, bits: weightBits }))),
    ),
    activationBits: activationBits(result, network),
    keptChannelsPercent: keptChannelsPercent(withOwnChannels(prunableLayers(layers))),
    compressedBytes: network?.totals.parameterBytes,
    constantNetworks: isConstant ? 1 : 0,
  };
}

/** Of what the layers read, where that is known; else of what the quantized ones give. */
function activationBits(
  { layers }: FinishedRunSummary['result'],
  network: FinishedRunSummary['network'],
): BitsSummary | undefined {
  const given = layers.flatMap(({ activationBits }) => activationBits ?? []);
  if (network === undefined) return given.length === 0 ? undefined : bitsOf(given, undefined);
  const reading = network.layers.flatMap(({ macs, inputBits }) =>
    inputBits === null ? [] : [{ macs, bits: inputBits }],
  );
  // The first layer reads the network's input.
  const [, ...readers] = reading;
  if (readers.length === 0) return undefined;
  return bitsOf(
    readers.map(({ bits }) => bits),
    weightedMean(readers),
  );
}

/** Several networks as one: means of what is a mean, lowest and highest of all. */
export function summarizeNetworks(networks: readonly NetworkSummary[]): NetworkSummary {
  const activations = networks.flatMap(({ activationBits }) => activationBits ?? []);
  return {
    weightBits: together(networks.map(({ weightBits }) => weightBits)),
    activationBits: activations.length === 0 ? undefined : together(activations),
    keptChannelsPercent: meanOf(networks.map(({ keptChannelsPercent }) => keptChannelsPercent)),
    compressedBytes: meanIfKnown(networks.map(({ compressedBytes }) => compressedBytes)),
    constantNetworks: networks.reduce((sum, { constantNetworks }) => sum + constantNetworks, 0),
  };
}

function together(bits: readonly BitsSummary[]): BitsSummary {
  return {
    mean: meanIfKnown(bits.map(({ mean }) => mean)),
    lowest: Math.min(...bits.map(({ lowest }) => lowest)),
    highest: Math.max(...bits.map(({ highest }) => highest)),
  };
}

function bitsOf(bits: readonly number[], mean: number | undefined): BitsSummary {
  return { mean, lowest: Math.min(...bits), highest: Math.max(...bits) };
}

function weightedMean(
  tensors: readonly { readonly macs: number; readonly bits: number }[],
): number | undefined {
  const macs = tensors.reduce((sum, tensor) => sum + tensor.macs, 0);
  if (macs === 0) return undefined;
  return tensors.reduce((sum, tensor) => sum + tensor.macs * tensor.bits, 0) / macs;
}

function meanIfKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length ? undefined : meanOf(known);
}
