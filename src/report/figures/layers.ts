import { keptChannelsPercent, prunableLayers } from '../../inspection/kept-channels.js';
import { pointName, type ReportRow } from '../rows.js';
import type { FinishedRunSummary } from '../../runs/run-summary.js';

/** What pictures show of a layer with weights, or of a residual block's sum. */
export interface ShownLayer {
  readonly name: string;
  /** Null for a sum. */
  readonly weightBits: number | null;
  /** Of what it gives; null where that is not quantized. */
  readonly activationBits: number | null;
  readonly channels: number;
  readonly keptChannels: number;
  /** Of its channels; null where none can be dropped. */
  readonly keptPercent: number | null;
}

/** A run's layers in order; the sums among them if the run's metrics tell of them. */
export function shownLayers({ network, result }: FinishedRunSummary): ShownLayer[] {
  const layers = network?.layers ?? result.layers;
  const prunable: readonly unknown[] = prunableLayers<(typeof layers)[number]>(layers);
  return layers.map((layer) => {
    const { name, weightBits, activationBits, channels, keptChannels } = layer;
    const keptPercent = prunable.includes(layer) ? keptChannelsPercent([layer]) : null;
    return { name, weightBits, activationBits, channels, keptChannels, keptPercent };
  });
}

/** A run's name in pictures; long methods may be cut, so they are last. */
export function runName(row: ReportRow, { config: { seed } }: FinishedRunSummary): string {
  return [pointName(row), `seed ${seed}`, row.method].filter((part) => part !== '').join(', ');
}
