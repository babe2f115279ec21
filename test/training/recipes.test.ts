import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseConfig, type Config } from '../../src/config/config.js';
import { isFrozen } from '../../src/training/phases/main-phase.js';
import type { TrainerState } from '../../src/training/trainer-state.js';
import { createTrainer } from '../../src/training/trainer.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';
import { startTestBackend } from '../helpers/test-backend.js';
import { smallNetwork } from '../helpers/small-network.js';

beforeAll(startTestBackend);

const dataset = learnableDataset(120, 40);
const configOf = (...overrides: string[]): Config =>
  parseConfig(`dataset: mnist\n${smallNetwork}`, 'c.yaml', [
    'training={epochs: 2, batchSize: 20}',
    'optimizers.gates.learningRate=0.1',
    ...overrides,
  ]);

/** The state before training and after each step, and the results. */
async function trained(config: Config) {
  const trainer = createTrainer(config, dataset);
  const states: TrainerState[] = [trainer.state()];
  for (let epoch = 1; epoch <= trainer.epochs; epoch++) {
    await trainer.trainEpoch(epoch, { onStep: () => void states.push(trainer.state()) });
  }
  const weights = trainer.weights();
  const values = Object.fromEntries(
    Object.entries(weights).map(([name, tensor]) => [name, Array.from(tensor.dataSync())]),
  );
  tf.dispose(weights);
  const evaluation = await trainer.evaluate({});
  const quantizers = trainer.quantizers();
  trainer.dispose();
  return { states, weights: values, evaluation, quantizers };
}

const valuesOf = (state: TrainerState | undefined, name: string) =>
  Array.from(state?.tensors[name]?.values ?? []);
const namesOf = (state: TrainerState | undefined) => Object.keys(state?.tensors ?? {});

describe('averaged weights', () => {
  test('are the running mean of variables and statistics, and are evaluated', async () => {
    const plain = await trained(configOf());
    const averaged = await trained(configOf('training.averageWeights=0.3'));
    const names = Object.keys(plain.weights);
    expect(names).toContain('conv1/running-variance');
    for (const name of names) {
      // They do not affect training.
      expect(valuesOf(averaged.states.at(-1), name)).toEqual(valuesOf(plain.states.at(-1), name));
      let mean = valuesOf(averaged.states[0], `average/${name}`);
      averaged.states.slice(1).forEach((state, step) => {
        const decay = Math.min(0.3, step / (step + 10));
        const values = valuesOf(state, name);
        mean = mean.map((old, at) => decay * old + (1 - decay) * (values[at] ?? NaN));
      });
      mean.forEach((value, at) => {
        expect(averaged.weights[name]?.[at]).toBeCloseTo(value, 5);
      });
      expect(averaged.weights[name]).toEqual(valuesOf(averaged.states.at(-1), `average/${name}`));
    }
    expect(averaged.evaluation.test).not.toEqual(plain.evaluation.test);
  });

  test('start as the weights after the first step', async () => {
    const { states } = await trained(configOf('training.averageWeights=0.999'));
    expect(valuesOf(states[1], 'average/fc/weight')).toEqual(valuesOf(states[1], 'fc/weight'));
    expect(valuesOf(states[2], 'average/fc/weight')).not.toEqual(valuesOf(states[2], 'fc/weight'));
  });
});

describe('gates frozen for the second half', () => {
  test('are at their test-time values from then on, while weights and ranges learn', async () => {
    const { states, quantizers } = await trained(configOf('gates.frozenShare=0.5', 'mu=0.5'));
    const perEpoch = 6;
    const [half, later, end] = [states[perEpoch], states[perEpoch + 1], states.at(-1)];
    for (const { site, distribution } of quantizers) {
      const phi = (state: TrainerState | undefined) => valuesOf(state, `${site.name}/phi`);
      const fixed = phi(half).map((value) =>
        distribution.testGate(value) === 1 ? distribution.fixed.open : distribution.fixed.shut,
      );
      expect(phi(half)).not.toEqual(fixed);
      expect(phi(later)).toEqual(fixed);
      expect(phi(end)).toEqual(fixed);
      expect(valuesOf(end, `${site.name}/beta`)).not.toEqual(valuesOf(later, `${site.name}/beta`));
    }
    expect(valuesOf(end, 'fc/weight')).not.toEqual(valuesOf(later, 'fc/weight'));
  });

  test('move as usual until then', async () => {
    const [frozen, free] = [
      await trained(configOf('gates.frozenShare=0.5')),
      await trained(configOf()),
    ];
    expect(frozen.states.slice(0, 7)).toEqual(free.states.slice(0, 7));
  });

  test('freeze at a whole step, however share and epochs are rounded', () => {
    for (const epochs of [1, 3, 10, 100, 300]) {
      for (const percent of [10, 25, 30, 35, 70, 90]) {
        const config = configOf(`training.epochs=${epochs}`, `gates.frozenShare=${percent / 100}`);
        const steps = 20 * epochs;
        const frozen = Array.from({ length: steps }, (_, step) => {
          const epoch = Math.floor(step / 20);
          return isFrozen(config, epoch + (step % 20) / 20);
        });
        const first = Math.ceil((steps * (100 - percent)) / 100);
        expect(frozen.indexOf(true), `${percent} % of ${epochs}`).toBe(first);
        expect(frozen.slice(first)).not.toContain(false);
      }
    }
  });

  test('are refused together with a budget', () => {
    const config = configOf('gates.frozenShare=0.5', 'target.relativeBopsPercent=2');
    expect(() => createTrainer(config, dataset)).toThrow(
      'gates.frozenShare: found 0.5 together with a target, which already fixes the gates for the last quarter',
    );
  });
});

test('SGD keeps one momentum slot per weight, and learns', async () => {
  const { states, evaluation } = await trained(
    configOf('optimizers.weights={name: sgd, learningRate: 0.02}', 'training.epochs=4'),
  );
  const kept = namesOf(states[0]).filter((name) => name.endsWith('/fc/weight'));
  expect(kept).toEqual(['nesterov/m/fc/weight']);
  expect(valuesOf(states.at(-1), 'nesterov/m/fc/weight').some((value) => value !== 0)).toBe(true);
  expect(evaluation.test.accuracyPercent).toBeGreaterThan(40);
});

test.each([
  ['training.labelSmoothing=0.2'],
  ['training.mixupAlpha=0.3'],
  ['training.cutoutPixels=9'],
  ['training.augmentation=shift'],
  ['regularizer.weighting=expected-bops'],
])('%s changes what is learned, and adds nothing to the state', async (override) => {
  const plain = await trained(configOf('training.epochs=1'));
  const other = await trained(configOf('training.epochs=1', override));
  expect(namesOf(other.states[0])).toEqual(namesOf(plain.states[0]));
  expect(other.states.at(-1)?.tensors).not.toEqual(plain.states.at(-1)?.tensors);
});
