import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import { settingNames } from '../../../src/config/naming/settings.js';
import { variantName } from '../../../src/config/naming/variant-name.js';

const config = (quantization: string) =>
  parseConfig('dataset: mnist\nmodel: lenet5\n', 'c.yaml', [`quantization=${quantization}`]);

test.each([
  ['{}', 'Bayesian Bits'],
  ['{smallest: 4, largest: 8}', 'Bayesian Bits, 4 to 8 bits'],
  ['{channels: all}', 'quantization only'],
  ['{activations: 8}', 'Bayesian Bits, activations at 8 bits'],
  ['{weights: none, channels: all}', 'quantization only, weights in full precision'],
  ['{weights: 4, activations: 8}', 'pruning only w4a8'],
  ['{weights: none, activations: none}', 'pruning only full precision'],
  ['{weights: 8, activations: 8, channels: all}', 'static w8a8'],
  ['{weights: none, activations: 8, channels: all}', 'static w32a8'],
  [
    '{weights: 2, activations: 2, channels: all, layers: [{layer: conv1, weights: 8}]}',
    'static w2a2, 1 layer set apart',
  ],
  ['{weights: none, activations: none, channels: all}', 'full precision'],
])('%s is %s', (quantization, name) => {
  expect(variantName(config(quantization))).toBe(name);
});

test('a name includes the budget and fine-tuning', () => {
  const other = parseConfig('dataset: mnist\nmodel: lenet5\n', 'c.yaml', [
    'target.relativeBopsPercent=0.5',
    'fineTuning.epochs=2',
  ]);
  expect(variantName(other)).toBe('Bayesian Bits, budget 0.5 %, fine-tuned for 2 epochs at 0.0001');
  expect(settingNames([config('{}'), other])[1]).toBe(variantName(other));
});

test('variants in a report are distinguished by these names', () => {
  const names = settingNames([config('{}'), config('{weights: 8, activations: 8, channels: all}')]);
  expect(names).toEqual(['Bayesian Bits', 'static w8a8']);
});
