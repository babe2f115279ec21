import { countKept, keptChannels } from '../nn/kept-channels.js';
import type { Plan, ResidualStep, Step, WeightedLayer } from '../nn/plan.js';
import { sizeOfAll } from '../nn/shapes.js';
import { shortMargins, shortSizes, type Margins, type Sizes } from '../nn/windows.js';
import { keptOutputs, type NetworkCost, type TestTimeQuantizer } from '../setup/network-cost.js';

/** A layer with weights, or the sum of a residual block, which has neither weights nor MACs. */
export interface LayerInspection {
  readonly name: string;
  readonly type: 'convolution' | 'dense' | 'sum';
  /** Rows and columns; this and the next two are null unless the layer is a convolution. */
  readonly kernel: readonly number[] | null;
  /** In pixels; a pair if rows and columns differ. */
  readonly stride: Sizes | null;
  /** Zero padding in pixels: on each side or, if sides differ, before and after rows and columns. */
  readonly padding: number | Margins | null;
  /** The number of groups of a grouped convolution. */
  readonly groups?: number;
  /** Output shape of one image: height, width and channels; or one axis. */
  readonly outputShape: readonly number[];
  readonly channels: number;
  /** Kept output channels; for a sum, those that its branch or its shortcut keeps. */
  readonly keptChannels: number;
  /** The layer with which it shares channel gates, if any. */
  readonly droppedWith?: string;
  /** Weights, and biases or a batch norm's scale and shift, with all channels. */
  readonly parameters: number;
  /** Multiply-accumulates for one image, with all channels. */
  readonly macs: number;
  /** Bits of its input; null for a sum. */
  readonly inputBits: number | null;
  /** Bits of its weights; null for a sum. */
  readonly weightBits: number | null;
  /** Bits of its output; null if that is not quantized, as for terms of a sum and the logits. */
  readonly activationBits: number | null;
  /** Bit operations for one image. */
  readonly bops: number;
  readonly shareOfBopsPercent: number;
}

/**
 * A network's layers in order; for a residual block the branch, the shortcut, then the sum.
 *
 * @param quantizers by site name; bits of an activation without one are null
 */
export function inspectLayers(
  plan: Plan,
  cost: NetworkCost,
  quantizers: ReadonlyMap<string, TestTimeQuantizer>,
): LayerInspection[] {
  const summaries = new Map(cost.layers.map((summary) => [summary.layer, summary]));
  const shapes = new Map(plan.variables.map(({ name, shape }) => [name, shape]));
  const bitsOf = (site: string) => quantizers.get(site)?.bits ?? null;
  const found: LayerInspection[] = [];
  const keptOf = (weight: string, channels: number) => keptOutputs(quantizers, weight, channels);
  for (const step of plan.steps) add(step);
  return found;

  function add(step: Step): void {
    if (step.type === 'weighted') weighted(step.layer);
    else if (step.type === 'residual') residual(step);
  }

  function weighted(layer: WeightedLayer): void {
    const { name, geometry, outputShape, macs, weight, activation } = layer;
    const summary = summaries.get(layer);
    if (!summary) throw new Error(`inspectLayers: no cost of layer "${name}"`);
    found.push({
      name,
      type: geometry.type,
      ...(geometry.type === 'convolution'
        ? {
            kernel: (shapes.get(weight) ?? []).slice(0, 2),
            stride: shortSizes(geometry.stride),
            padding: shortMargins(geometry.padding),
            ...(geometry.groups > 1 ? { groups: geometry.groups } : {}),
          }
        : noGeometry),
      outputShape,
      channels: summary.channels,
      keptChannels: summary.keptChannels,
      ...(summary.droppedWith === undefined ? {} : { droppedWith: summary.droppedWith }),
      parameters: parametersOf(layer),
      macs,
      inputBits: summary.cost.activationBits,
      weightBits: summary.cost.weightBits,
      activationBits: activation === undefined ? null : bitsOf(activation),
      bops: summary.bops,
      shareOfBopsPercent: summary.shareOfBopsPercent,
    });
  }

  function residual(step: ResidualStep): void {
    for (const inner of [...step.branch, ...step.shortcut]) add(inner);
    const kept = keptChannels(step.outputShape.at(-1) ?? 0, step.producers, keptOf);
    found.push({
      name: step.name,
      type: 'sum',
      ...noGeometry,
      outputShape: step.outputShape,
      channels: kept.length,
      keptChannels: countKept(kept),
      parameters: 0,
      macs: 0,
      inputBits: null,
      weightBits: null,
      activationBits: bitsOf(step.activation),
      bops: 0,
      shareOfBopsPercent: 0,
    });
  }

  function parametersOf({ weight, bias, batchNorm }: WeightedLayer): number {
    const names = [weight, bias, batchNorm?.scale, batchNorm?.shift];
    return sizeOfAll(plan.variables.filter(({ name }) => names.includes(name)));
  }
}

const noGeometry = { kernel: null, stride: null, padding: null };
