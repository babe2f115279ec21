import { countKept, keptChannels } from './kept-channels.js';
import { keptInputShare } from './kept-inputs.js';
import type { Step, WeightedLayer } from './plan.js';

/** Which of a weight's output channels are kept. */
type KeptOf = (weight: string, channels: number) => readonly boolean[];

/**
 * Whether what a network gives depends on its image, or is the same for all: a layer that keeps no
 * channel gives constants, and so does what reads constants alone; one in groups, too, where no group
 * keeps outputs and inputs.
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

/** Whether some kept output of a layer reads a kept input. */
function reads(layer: WeightedLayer, keptOf: KeptOf): boolean {
  const outputs = keptOf(layer.gatedBy, layer.outputShape.at(-1) ?? 0);
  const inputs = keptChannels(layer.inputChannels, layer.producers, keptOf);
  return countKept(outputs) > 0 && keptInputShare(layer, inputs, outputs) > 0;
}
