import { countKept, keptChannels } from './kept-channels.js';
import { keptInputShare } from './kept-inputs.js';
import type { Step, WeightedLayer } from './plan.js';

/** A mask of each weight's kept output channels. */
type KeptOf = (weight: string, channels: number) => readonly boolean[];

/**
 * Whether a network's output depends on its image. A layer without kept output channels yields constants, and
 * so does a layer that reads only constants, or a grouped layer none of whose groups keeps both inputs and
 * outputs.
 */
export function dependsOnImage(steps: readonly Step[], keptOf: KeptOf): boolean {
  return steps.every((step) => {
    if (step.type === 'weighted') return reads(step.layer, keptOf);
    if (step.type === 'residual') {
      return [step.branch, step.shortcut].some((part) => dependsOnImage(part, keptOf));
    }
    return true;
  });
}

/** Whether a kept output of the layer reads a kept input. */
function reads(layer: WeightedLayer, keptOf: KeptOf): boolean {
  const outputs = keptOf(layer.gatedBy, layer.outputShape.at(-1) ?? 0);
  const inputs = keptChannels(layer.inputChannels, layer.producers, keptOf);
  return countKept(outputs) > 0 && keptInputShare(layer, inputs, outputs) > 0;
}
