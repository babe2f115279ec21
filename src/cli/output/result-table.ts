import type { LayerResult, RunResult, SumResult } from '../../runs/folder/result-file.js';
import { bopsText } from './figures.js';
import { plainTable } from './plain-table.js';

/** Table of a trained network's layers: bits, ranges, channels. @param width of the terminal, in columns */
export function resultTable(result: RunResult, width: number): string {
  const head = ['Layer', 'Weights', 'Range', 'Channels', 'Activations', 'Range', 'BOPs share'];
  const rows = result.layers.flatMap((layer) => [
    layerCells(layer),
    ...result.sums.filter(({ after }) => after === layer.name).map(sumCells),
  ]);
  return plainTable(head, rows, { width });
}

function layerCells(layer: LayerResult): string[] {
  const { weightBeta } = layer;
  return [
    layer.name,
    bits(layer.weightBits),
    weightBeta === null ? '' : `±${weightBeta.toPrecision(3)}`,
    `${layer.keptChannels} of ${layer.channels}`,
    ...activationCells(layer),
    bopsText(layer.shareOfBopsPercent),
  ];
}

function sumCells(sum: SumResult): string[] {
  return [sum.name, 'sum', '', '', ...activationCells(sum), ''];
}

function activationCells({
  activationBits,
  activationBeta,
  activationIsSigned,
}: Pick<SumResult, 'activationBits' | 'activationBeta' | 'activationIsSigned'>): string[] {
  const end = activationBeta?.toPrecision(3);
  const range = activationIsSigned ? `±${end}` : `0 to ${end}`;
  return [bits(activationBits), end === undefined ? '' : range];
}

function bits(count: number | null): string {
  return count === null ? '' : `${count} bits`;
}
