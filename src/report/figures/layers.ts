import { keptChannelsPercent, prunableLayers } from '../../inspection/kept-channels.js';
import { pointName, type ReportRow } from '../rows.js';
import type { FinishedRunSummary } from '../../runs/run-summary.js';

/** A layer with weights, or a residual block's sum, as shown in pictures. */
export interface ShownLayer {
  readonly name: string;
  /** Null for a sum. */
  readonly weightBits: number | null;
  /** Bits of its output; null if that is not quantized. */
  readonly activationBits: number | null;
  readonly channels: number;
  readonly keptChannels: number;
  /** Percentage of its channels; null if none can be dropped. */
  readonly keptPercent: number | null;
}

/** A run's layers in order, including residual sums if the run's metrics have them. */
export function shownLayers({ network, result }: FinishedRunSummary): ShownLayer[] {
  const layers = network?.layers ?? result.layers;
  const prunable: readonly unknown[] = prunableLayers<(typeof layers)[number]>(layers);
  return layers.map((layer) => {
    const { name, weightBits, activationBits, channels, keptChannels } = layer;
    const keptPercent = prunable.includes(layer) ? keptChannelsPercent([layer]) : null;
    return { name, weightBits, activationBits, channels, keptChannels, keptPercent };
  });
}

/** A run's name in pictures, with the method last, as long names may be cut off. */
export function runName(row: ReportRow, { config: { seed } }: FinishedRunSummary): string {
  return [pointName(row), `seed ${seed}`, row.method].filter((part) => part !== '').join(', ');
}
