import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import {
  differingKeys,
  flatConfig,
  settingNames,
  shortKey,
} from '../../../src/config/naming/settings.js';

const config = (...overrides: string[]) =>
  parseConfig('dataset: mnist\nmodel: lenet5\n', 'config.yaml', overrides);

test('names contain the settings that differ, except mu, seed and machine', () => {
  expect(settingNames([config('mu=1', 'seed=3', 'threads=1'), config()])).toEqual(['', '']);
  expect(
    settingNames([
      config('model=lenet5'),
      config('model=vgg7', 'gates.sampling=deterministic', 'optimizers.gates.learningRate=0.1'),
    ]),
  ).toEqual([
    'Bayesian Bits, lenet5, gates.learningRate 0.001',
    'Bayesian Bits, deterministic gates, vgg7, gates.learningRate 0.1',
  ]);
});

test('the user’s own networks are numbered', () => {
  const own = (units: number) =>
    config(`model={layers: [{type: flatten}, {type: dense, name: d, units: ${units}}]}`);
  const names = settingNames([own(10), own(11), own(10), config()]);
  expect(names.map((name) => name.split(',')[0])).toEqual([
    'own network 1',
    'own network 2',
    'own network 1',
    'lenet5',
  ]);
});

test('keys are as short as possible', () => {
  const all = ['a.rate', 'b.rate', 'b.sampling', 'sampling2', 'mu'];
  const short = all.map((key) => shortKey(key, all));
  expect(short).toEqual(['a.rate', 'b.rate', 'sampling', 'sampling2', 'mu']);
});

test('keys that only some configs have count as different', () => {
  const flat = [config(), config('dataset.path=/data')].map((each) => flatConfig(each));
  expect(differingKeys(flat)).toEqual(['dataset.path']);
});

test('the location of files is not a setting, but the data set and the parent run are', () => {
  expect(settingNames([config(), config('dataset.path=/data')])).toEqual(['', '']);
  const own = config('dataset={path: /data/letters, classes: 26}');
  expect(settingNames([config(), own])).toEqual(['mnist', 'letters']);
  const from = (path: string, seed: number) => config(`from=${path}`, `seed=${seed}`);
  expect(settingNames([from('/a/full/seed-1', 1), from('/b/full/seed-2', 2)])).toEqual(['', '']);
  expect(settingNames([from('/a/full/seed-1', 1), from('/a/w8a8/seed-1', 1)])).toEqual([
    'from full/seed-*',
    'from w8a8/seed-*',
  ]);
});
