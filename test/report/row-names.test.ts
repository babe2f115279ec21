import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { nameRows } from '../../src/report/row-names.js';

const row = (...settings: string[]) => ({
  config: parseConfig('dataset: mnist\nmodel: lenet5\n', 'c.yaml', settings),
  further: new Map<string, string>(),
  label: undefined as string | undefined,
});
const fixed = (bits: number) =>
  `quantization={weights: ${bits}, activations: ${bits}, channels: all}`;
const told = (rows: ReturnType<typeof row>[], groupKey?: string) =>
  nameRows(rows, groupKey).names.map(({ method, point, extra }) => [method, point.value, extra]);

test('rows are named by their method and the point on its curve', () => {
  expect(
    told([
      row('mu=0.01'),
      row('gates.sampling=deterministic', 'mu=1'),
      row('regularizer.weighting=constant'),
      row('regularizer.weighting=expected-bops'),
      row('target.relativeBopsPercent=0.5'),
      row('quantization={channels: all}'),
      row('quantization={weights: 8, activations: 8}'),
      row(fixed(4)),
      row('quantization={weights: none, activations: none, channels: all}'),
      row('from=/runs/full/seed-1', 'training.learns=[gates, ranges]'),
      row('fineTuning.epochs=1'),
    ]),
  ).toEqual([
    ['Bayesian Bits', '0.01', ''],
    ['deterministic gates', '1', ''],
    ['constant prices', '0.1', ''],
    ['priced by expected BOPs', '0.1', ''],
    ['budget', '0.5 %', ''],
    ['quantization only', '0.1', ''],
    ['pruning only w8a8', '0.1', ''],
    ['static', 'w4a4', ''],
    ['full precision', '', ''],
    ['post-training', '0.1', ''],
    ['fine-tuned', '0.1', ''],
  ]);
});

test('settings without effect are not named, unless nothing else distinguishes two rows', () => {
  const gateRate = 'optimizers.gates.learningRate=0.02';
  expect(told([row('mu=0.1', gateRate), row(fixed(4)), row(fixed(8), 'mu=1')])).toEqual([
    ['Bayesian Bits', '0.1', ''],
    ['static', 'w4a4', ''],
    ['static', 'w8a8', ''],
  ]);
  expect(told([row(fixed(4), 'mu=0.1'), row(fixed(4), 'mu=1')])).toEqual([
    ['', 'w4a4', 'mu 0.1'],
    ['', 'w4a4', 'mu 1'],
  ]);
});

test('a setting that varies within a method splits it; shared settings are listed once', () => {
  const named = nameRows([
    row('mu=0.1', 'training.epochs=3', 'training.batchSize=64'),
    row('mu=0.1', 'training.epochs=6', 'training.batchSize=64'),
    row(fixed(4), 'training.epochs=3', 'training.batchSize=64'),
  ]);
  expect(named.names.map(({ method }) => method)).toEqual([
    'Bayesian Bits, 3 epochs',
    'Bayesian Bits, 6 epochs',
    'static',
  ]);
  expect(named.shared).toEqual(['batchSize 64']);
  expect(Object.fromEntries(named.details)).toEqual({
    'Bayesian Bits, 3 epochs': [],
    'Bayesian Bits, 6 epochs': [],
    static: ['3 epochs'],
  });
});

test('a label or a group key replaces the method', () => {
  const labeled = [row('mu=0.1'), row(fixed(4))].map((each) => ({ ...each, label: 'Ours' }));
  expect(told([...labeled, row('mu=1')])).toEqual([
    ['Ours', '0.1', ''],
    ['Ours', 'w4a4', ''],
    ['Bayesian Bits', '1', ''],
  ]);
  expect(told([row('model.width=0.5'), row('model.width=1')], 'model.width')).toEqual([
    ['width 0.5', '0.1', ''],
    ['width 1', '0.1', ''],
  ]);
});

test('rows of different configs never share a name', () => {
  const settings = [
    ['mu=0.1', 'mu=1'],
    ['quantization={}', fixed(4), fixed(8), 'quantization={channels: all}'],
    ['training.epochs=3', 'training.epochs=4'],
    ['gates.sampling=stochastic', 'gates.sampling=deterministic'],
    ['optimizers.ranges.learningRate=0.1', 'optimizers.ranges.learningRate=0.2'],
  ].map((choices) => fc.constantFrom(...choices));
  const anyRow = fc.tuple(...settings);
  fc.assert(
    fc.property(fc.uniqueArray(anyRow, { maxLength: 12, selector: String }), (all) => {
      const names = told(all.map((each) => row(...each))).map(String);
      expect(new Set(names).size).toBe(all.length);
    }),
    { numRuns: 50 },
  );
});
