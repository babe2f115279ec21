import { expect, test } from 'vitest';
import { resultTable } from '../../../src/cli/output/result-table.js';
import type { LayerResult, RunResult } from '../../../src/runs/folder/result-file.js';
import { figuresOfOne } from '../../helpers/figures-of-one.js';

const layer = (name: string, activationBits: number | null): LayerResult => ({
  name,
  macs: 100,
  weightBits: 4,
  weightBeta: 0.5,
  channels: 8,
  keptChannels: 7,
  activationBits,
  activationBeta: activationBits === null ? null : 2,
  bops: 10,
  shareOfBopsPercent: 50,
});

test('a residual block’s sum follows the last of its layers', () => {
  const result: RunResult = {
    format: 1,
    epochs: 1,
    ...figuresOfOne,
    layers: [layer('b-conv1', 2), layer('b-conv2', null), layer('fc', null)],
    sums: [{ name: 'b', after: 'b-conv2', activationBits: 8, activationBeta: 3 }],
    bopsDefinition: '',
  };
  expect(resultTable(result, 80)).toBe(
    [
      'Layer    Weights   Range  Channels  Activations      Range  BOPs share',
      'b-conv1   4 bits  ±0.500    7 of 8       2 bits  0 to 2.00      50.0 %',
      'b-conv2   4 bits  ±0.500    7 of 8                              50.0 %',
      'b            sum                         8 bits  0 to 3.00',
      'fc        4 bits  ±0.500    7 of 8                              50.0 %',
    ].join('\n'),
  );
});
