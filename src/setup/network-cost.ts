import {
  bitOperations,
  fullPrecisionBits,
  inputBits,
  relativeBopsPercent,
  type LayerCost,
} from '../bayesian-bits/bops.js';
import { dependsOnImage } from '../nn/depends-on-image.js';
import { countKept, keptChannels as keptInputChannels } from '../nn/kept-channels.js';
import { keptInputShare } from '../nn/kept-inputs.js';
import type { Plan, WeightedLayer } from '../nn/plan.js';

/** A quantizer at test time. */
export interface TestTimeQuantizer {
  readonly bits: number;
  /** False if it only drops channels: values are neither clipped nor rounded, and it has no range. */
  readonly rounded: boolean;
  /** A mask of the kept output channels; empty if none can be dropped. */
  readonly keptChannels: readonly boolean[];
}

/** One layer of a trained network and its cost. */
export interface LayerSummary {
  readonly layer: WeightedLayer;
  readonly cost: LayerCost;
  readonly channels: number;
  readonly keptChannels: number;
  /** The layer with which it shares channel gates, if any. */
  readonly droppedWith?: string;
  /** Bit operations for one image. */
  readonly bops: number;
  /** Percent of the network's bit operations; 0 if every channel is dropped. */
  readonly shareOfBopsPercent: number;
}

export interface NetworkCost {
  readonly layers: readonly LayerSummary[];
  /** Bit operations for one image. */
  readonly bops: number;
  /** 10^9 bit operations for one image. */
  readonly gbops: number;
  /** Percent of the network's bit operations at 32 bits with all channels. */
  readonly relativeBopsPercent: number;
  /** Whether the output is the same for every image, because no path has channels left. */
  readonly isConstant: boolean;
}

/**
 * Count the bit operations of a network with test-time gates; see `bitOperations`.
 *
 * @param quantizers by site name; a site without one has 32 bits and all channels
 */
export function networkCost(
  plan: Plan,
  quantizers: ReadonlyMap<string, TestTimeQuantizer>,
): NetworkCost {
  const isRounded = [...quantizers.values()].some(({ rounded }) => rounded);
  const bitsOfInput = isRounded ? inputBits : fullPrecisionBits;
  const bitsOf = (site: string) => quantizers.get(site)?.bits ?? fullPrecisionBits;
  const keptOf = (weight: string, channels: number) => keptOutputs(quantizers, weight, channels);

  const layers = plan.layers.map((layer) => {
    const channels = layer.outputShape.at(-1) ?? 0;
    const kept = keptOf(layer.gatedBy, channels);
    const keptInputs = keptInputChannels(layer.inputChannels, layer.producers, keptOf);
    const cost = {
      macs: layer.macs,
      weightBits: bitsOf(layer.weight),
      activationBits: layer.reads === undefined ? bitsOfInput : bitsOf(layer.reads),
      keptOutputs: countKept(kept) / kept.length,
      keptInputs: keptInputShare(layer, keptInputs, kept),
    };
    const owner = plan.layers.find(({ weight }) => weight === layer.gatedBy);
    return {
      layer,
      cost,
      channels,
      keptChannels: countKept(kept),
      ...(owner && owner !== layer ? { droppedWith: owner.name } : {}),
      bops: bitOperations(cost),
    };
  });
  const all = layers.reduce((sum, { bops }) => sum + bops, 0);
  return {
    layers: layers.map((layer) => ({
      ...layer,
      shareOfBopsPercent: all === 0 ? 0 : (100 * layer.bops) / all,
    })),
    bops: all,
    gbops: all / 1e9,
    relativeBopsPercent: relativeBopsPercent(layers.map(({ cost }) => cost)),
    isConstant: !dependsOnImage(plan.steps, keptOf),
  };
}

/** A mask of a weight's kept output channels: all, unless its quantizer drops some. */
export function keptOutputs(
  quantizers: ReadonlyMap<string, TestTimeQuantizer>,
  weight: string,
  channels: number,
): readonly boolean[] {
  const kept = quantizers.get(weight)?.keptChannels ?? [];
  return kept.length > 0 ? kept : new Array<boolean>(channels).fill(true);
}
