import { countKept } from '../nn/kept-channels.js';
import type { Plan } from '../nn/plan.js';
import { sizeOfAll } from '../nn/shapes.js';
import { keptOutputs, networkCost, type TestTimeQuantizer } from '../setup/network-cost.js';
import { constantBytes } from './constant-bytes.js';
import { inspectLayers, type LayerInspection } from './layer-inspection.js';
import { networkMemory, type NetworkMemory } from './network-memory.js';

/** A network with given bits: its layers and totals. */
export interface NetworkInspection {
  readonly network: string;
  readonly layers: readonly LayerInspection[];
  readonly totals: NetworkTotals;
}

export interface NetworkTotals extends NetworkMemory {
  readonly parameters: number;
  /** Multiply-accumulates for one image, with all channels. */
  readonly macs: number;
  /** Bit operations for one image. */
  readonly bops: number;
  /** 10^9 bit operations for one image. */
  readonly gbops: number;
  /** Percent of the network's bit operations at 32 bits with all channels. */
  readonly relativeBopsPercent: number;
  /** The number of weight tensors that training can quantize. */
  readonly weightQuantizers: number;
  /** The number of activation tensors that training can quantize. */
  readonly activationQuantizers: number;
  /** The number of output channels that training can drop. */
  readonly channelGates: number;
  /** The number of these that are kept. */
  readonly openChannelGates: number;
  /** Whether the output is the same for every image, because no path has channels left. */
  readonly isConstant: boolean;
}

/**
 * Layers and totals of a network.
 *
 * @param quantizers by site name; a site without one has 32 bits and all channels
 */
export function inspectNetwork(
  plan: Plan,
  quantizers: ReadonlyMap<string, TestTimeQuantizer>,
): NetworkInspection {
  const cost = networkCost(plan, quantizers);
  const ranges = [...quantizers.values()].filter(({ rounded }) => rounded).length;
  const layers = inspectLayers(plan, cost, quantizers);
  const weightQuantizers = plan.quantizers.filter(({ kind }) => kind === 'weights').length;
  return {
    network: plan.network,
    layers,
    totals: {
      parameters: sizeOfAll(plan.variables),
      macs: layers.reduce((sum, { macs }) => sum + macs, 0),
      bops: cost.bops,
      gbops: cost.gbops,
      relativeBopsPercent: cost.relativeBopsPercent,
      weightQuantizers,
      activationQuantizers: plan.quantizers.length - weightQuantizers,
      ...channelGates(plan, quantizers),
      isConstant: cost.isConstant,
      ...networkMemory(plan, cost, layers, ranges, constantBytes(plan, cost, quantizers)),
    },
  };
}

function channelGates(
  plan: Plan,
  quantizers: ReadonlyMap<string, TestTimeQuantizer>,
): Pick<NetworkTotals, 'channelGates' | 'openChannelGates'> {
  let [all, open] = [0, 0];
  for (const { name, gatedChannels } of plan.quantizers) {
    all += gatedChannels;
    open += countKept(keptOutputs(quantizers, name, gatedChannels));
  }
  return { channelGates: all, openChannelGates: open };
}
