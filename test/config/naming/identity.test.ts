import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import { runIdentity, settingIdentity } from '../../../src/config/naming/identity.js';

const config = (...overrides: string[]) =>
  parseConfig('dataset: mnist\nmodel: lenet5', 'c.yaml', overrides);
const base = config();

test('is the same wherever a run is computed', () => {
  for (const override of ['backend=native-cpu', 'threads=3']) {
    expect(runIdentity(config(override))).toBe(runIdentity(base));
  }
  expect(runIdentity(base)).toMatch(/^[0-9a-f]{16}$/);
});

test('is another one for whatever decides the result', () => {
  const overrides = [
    'seed=2',
    'mu=0.2',
    'model=vgg7',
    'model={name: lenet5, width: 2}',
    'model={layers: [{type: flatten}, {type: dense, name: d, units: 10}]}',
    'model={layers: [{type: flatten}, {type: dense, name: d, units: 11}]}',
    'dataset=cifar10',
    'dataset={name: mnist, path: /data}',
    'gates.initialPhi.2=0',
    'gates.initialPhi.4=0',
    'quantization.weights=8',
    'training.epochs=1',
  ];
  const identities = [base, ...overrides.map((override) => config(override))].map(runIdentity);
  expect(new Set(identities).size).toBe(identities.length);
});

test('of a setting leaves the seed out', () => {
  expect(settingIdentity(config('seed=2'))).toBe(settingIdentity(base));
  expect(settingIdentity(config('mu=0.2'))).not.toBe(settingIdentity(base));
});

test('says a default or leaves it out: the same', () => {
  const spelled = parseConfig(
    'model: {name: lenet5, width: 1}\ndataset: {name: mnist}\nmu: 0.1\ntraining: {epochs: 100}',
    'c.yaml',
  );
  expect(runIdentity(spelled)).toBe(runIdentity(base));
});
