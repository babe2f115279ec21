import {
  keptChannelsPercent,
  prunableLayers,
  withOwnChannels,
} from '../inspection/kept-channels.js';
import type { FinishedRunSummary } from '../runs/run-summary.js';
import { meanOf } from './statistics.js';

/** Summary of the bit widths of many tensors. */
export interface BitsSummary {
  /** Weighted by multiply-accumulates, as bit operations are; undefined if unknown. */
  readonly mean: number | undefined;
  readonly lowest: number;
  readonly highest: number;
}

/** A trained network's entries in a table row, except accuracy and bit operations. */
export interface NetworkSummary {
  readonly weightBits: BitsSummary;
  /** Tensors between layers, without the network's input; undefined if there are none. */
  readonly activationBits: BitsSummary | undefined;
  /** Percentage kept of the channels that can be dropped. */
  readonly keptChannelsPercent: number;
  /**
   * Kept weights at their bits; biases, scales, shifts, ranges and constants of dropped channels at 32
   * bits. Undefined if unknown.
   */
  readonly compressedBytes: number | undefined;
  /** Number of networks whose output is the same for every image: no channels are left on any path. */
  readonly constantNetworks: number;
}

/** Summarize one run's network. */
export function summarizeNetwork({ result, network }: FinishedRunSummary): NetworkSummary {
  const { layers } = result;
  // Older results lack isConstant.
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

/** Bits of the layers' inputs if known, else of the quantized layers' outputs. */
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

/** Combine several networks: the mean of means, the lowest and the highest of all. */
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
