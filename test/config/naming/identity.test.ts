import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import { settingsHash, shortHash } from '../../../src/config/naming/identity.js';

const config = (...overrides: string[]) =>
  parseConfig('dataset: mnist\nmodel: lenet5', 'c.yaml', overrides);
const base = config();

test('a run’s hash is the same wherever it is computed', () => {
  for (const override of ['backend=native-cpu', 'threads=3', 'tf32=false']) {
    expect(settingsHash(config(override))).toBe(settingsHash(base));
    expect(shortHash(config(override))).toBe(shortHash(base));
  }
  expect(settingsHash(base)).toMatch(/^[0-9a-f]{16}$/);
  expect(shortHash(base)).toMatch(/^[0-9a-f]{8}$/);
});

test('a run’s hash differs for every setting that affects the result', () => {
  const overrides = [
    'mu=0.2',
    'model=vgg7',
    'model={name: lenet5, width: 2}',
    'model={layers: [{type: flatten}, {type: dense, name: d, units: 10}]}',
    'model={layers: [{type: flatten}, {type: dense, name: d, units: 11}]}',
    'gates.initialPhi.2=0',
    'gates.initialPhi.4=0',
    'quantization.weights=8',
    'training.epochs=1',
    'optimizers.weights={name: sgd}',
    'training.mixupAlpha=0.2',
    'gates.frozenShare=0.5',
    'teacher=/runs/a',
    'teacher={run: /runs/a, weight: 0.5}',
  ];
  const identities = [base, ...overrides.map((override) => config(override))].map(settingsHash);
  expect(new Set(identities).size).toBe(identities.length);
});

test('the hash of settings omits seed, data and parent run, which are compared separately', () => {
  for (const override of [
    'seed=2',
    'dataset=fashion-mnist',
    'dataset.path=/data',
    'from=/runs/a',
  ]) {
    expect(settingsHash(config(override))).toBe(settingsHash(base));
  }
});

test('the hash of settings omits the teacher’s path, the folder’s hash includes that path’s end', () => {
  const [one, other] = [config('teacher=/runs/a'), config('teacher=/elsewhere/b')];
  expect(settingsHash(one)).toBe(settingsHash(other));
  expect(shortHash(one)).not.toBe(shortHash(other));
  expect(shortHash(one)).toBe(shortHash(config('teacher=/moved/runs/a')));
});

test('the hash of settings includes the resolved augmentation', () => {
  const augmented = (...overrides: string[]) => settingsHash(config('model=vgg7', ...overrides));
  const published = augmented('dataset=cifar10');
  expect(published).toBe(augmented('dataset=cifar10', 'training.augmentation=crop-and-flip'));
  const own = 'dataset={path: /data, classes: 10}';
  expect(augmented(own)).toBe(augmented(own, 'training.augmentation=none'));
  expect(augmented(own)).not.toBe(published);
});

test('the hash in a folder’s name includes only the end of a path', () => {
  const from = (path: string) => shortHash(config(`from=${path}`, `dataset.path=${path}/mnist`));
  expect(from('/a/runs/full')).toBe(from('/b/runs/full'));
  expect(from('/a/runs/full')).not.toBe(from('/a/runs/w8a8'));
  expect(shortHash(config('seed=2'))).not.toBe(shortHash(base));
});

test('hashes are the same with explicit and omitted defaults', () => {
  const spelled = parseConfig(
    'model: {name: lenet5, width: 1}\ndataset: {name: mnist}\nmu: 0.1\ntraining: {epochs: 100}',
    'c.yaml',
  );
  expect(settingsHash(spelled)).toBe(settingsHash(base));
  expect(shortHash(spelled)).toBe(shortHash(base));
});

test('the hash of layers equals that of earlier versions, which lacked some of their keys', () => {
  const layers = `[{type: convolution, name: c, filters: 4, kernel: 3}, {type: max-pool, size: 2},
    {type: residual, name: r, branch: [{type: convolution, name: d, filters: 4, kernel: 1}]},
    {type: average-pool}, {type: dense, name: e, units: 10}]`;
  expect(settingsHash(config(`model={layers: ${layers}}`))).toBe('64932bd7ef245206');
});
