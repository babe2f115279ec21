import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { allEpochs, phaseOf } from '../../src/setup/epochs.js';
import { planFor, runPlan } from '../../src/setup/plan-for-config.js';
import { mnistShape } from '../helpers/fake-record.js';
import { smallNetwork } from '../helpers/small-network.js';

const config = parseConfig(
  `dataset: mnist\n${smallNetwork}training: { epochs: 3 }\nfineTuning: { epochs: 2 }\n`,
  'config.yaml',
);

test('fine-tuning epochs follow those of training', () => {
  expect(allEpochs(config)).toBe(5);
  expect([0, 1, 3, 4, 5].map((epoch) => phaseOf(config, epoch))).toEqual([
    'training',
    'training',
    'training',
    'fine-tuning',
    'fine-tuning',
  ]);
});

test('the plan of a run is its config’s during training, then has folded batch norms merged into the weights', () => {
  expect(runPlan(config, mnistShape, 'training')).toEqual(planFor(config.model, mnistShape));
  const { variables, statistics } = runPlan(config, mnistShape, 'fine-tuning');
  expect(variables.map(({ name }) => name)).toEqual([
    'conv1/weight',
    'conv1/bias',
    'conv2/weight',
    'conv2/scale',
    'conv2/shift',
    'fc/weight',
    'fc/bias',
  ]);
  expect(statistics.map(({ name }) => name)).toEqual([
    'conv2/running-mean',
    'conv2/running-variance',
  ]);
});
