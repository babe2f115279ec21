import type { LayerResult, RunResult } from '../runs/metrics.js';
import { plainTable } from './plain-table.js';

/** What each layer has become, for a terminal of 80 columns. */
export function resultTable(result: RunResult): string {
  const head = ['Layer', 'Weights', 'Range', 'Channels', 'Activations', 'Range', 'BOPs share'];
  return plainTable(head, result.layers.map(cells));
}

function cells(layer: LayerResult): string[] {
  const { weightBeta, activationBeta } = layer;
  return [
    layer.name,
    bits(layer.weightBits),
    weightBeta === null ? '' : `±${weightBeta.toPrecision(3)}`,
    `${layer.keptChannels} of ${layer.channels}`,
    bits(layer.activationBits),
    activationBeta === null ? '' : `0 to ${activationBeta.toPrecision(3)}`,
    `${layer.shareOfBopsPercent.toFixed(1)} %`,
  ];
}

function bits(count: number | null): string {
  return count === null ? '' : `${count} bits`;
}
