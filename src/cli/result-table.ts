import Table from 'cli-table3';
import type { LayerResult, RunResult } from '../runs/metrics.js';

/** What each layer has become, for a terminal of 80 columns. */
export function resultTable(result: RunResult): string {
  const table = new Table({
    head: ['Layer', 'Weights', 'Range', 'Channels', 'Activations', 'Range', 'BOPs share'],
    colAligns: ['left', ...new Array<'right'>(6).fill('right')],
    chars: plain,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  table.push(...result.layers.map(cells));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
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

/** No lines: columns are told apart by the space between them. */
const plain = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
