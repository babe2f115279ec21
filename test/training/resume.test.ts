import { beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { UserError } from '../../src/errors.js';
import type { TrainerState } from '../../src/training/trainer-state.js';
import { createTrainer, resumeTrainer } from '../../src/training/trainer.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const dataset = learnableDataset(150, 60);
const stepsPerEpoch = 3;

/** Both kinds of batch norm and dropout, in as few layers as possible. */
const text = `dataset: mnist
model:
  layers:
    - { type: convolution, name: conv1, filters: 4, kernel: 5, stride: 4, batchNorm: folded }
    - { type: flatten }
    - { type: dropout, rate: 0.2 }
    - { type: dense, name: fc, units: 10, batchNorm: unfolded }
`;

const variants = {
  'crops, held-out images, clipped gradients, a warm-up': [
    'training.augmentation=crop-and-flip',
    'training.validationImages=20',
    'training.clipGradients=0.5',
    'regularizer.warmUpEpochs=2',
  ],
  // Its first phase is plain Bayesian Bits.
  'fine-tuning': ['fineTuning.epochs=2', 'training.epochs=1'],
  'all recipes at once, with fine-tuning': [
    'training.epochs=2',
    'fineTuning.epochs=1',
    'training.augmentation=shift',
    'training.schedule=cosine',
    'training.cutoutPixels=5',
    'training.mixupAlpha=0.4',
    'training.labelSmoothing=0.1',
    'training.averageWeights=0.9',
    'optimizers.weights={name: sgd, learningRate: 0.02, weightDecay: 0.01}',
    'gates.frozenShare=0.4',
    'regularizer.weighting=expected-bops',
  ],
  'a budget': ['target={relativeBopsPercent: 2}', 'training.epochs=3'],
} satisfies Record<string, string[]>;

const configOf = (overrides: readonly string[]) =>
  parseConfig(text, 'test.yaml', [
    'training.batchSize=64',
    'training.epochs=3',
    'optimizers.gates.learningRate=0.3',
    ...overrides,
  ]);

/** The states after every step, and the results of the three epochs. */
async function trainedWith(overrides: readonly string[]) {
  const config = configOf(overrides);
  const one = createTrainer(config, dataset);
  const states: TrainerState[] = [one.state()];
  const epochs: unknown[] = [];
  for (let epoch = 1; epoch <= 3; epoch++) {
    const losses = await one.trainEpoch(epoch, { onStep: () => void states.push(one.state()) });
    epochs.push({ losses, evaluations: await one.evaluate({}) });
  }
  const end = one.state();
  one.dispose();
  return { config, states, epochs, end };
}

/** Trained once, and shared by tests. */
const runs = new Map<readonly string[], ReturnType<typeof trainedWith>>();
function trained(overrides: readonly string[]) {
  const run = runs.get(overrides) ?? trainedWith(overrides);
  runs.set(overrides, run);
  return run;
}

describe.each(Object.entries(variants))('resumed training: %s', (_, overrides) => {
  test('is the same to the bit, wherever it was stopped', async () => {
    const { config, states, epochs, end } = await trained(overrides);
    // In the first epoch, at its end, in the second, and in the last.
    for (const at of [1, stepsPerEpoch, stepsPerEpoch + 1, 3 * stepsPerEpoch - 1]) {
      const state = states[at] as TrainerState;
      const one = resumeTrainer(config, dataset, structuredClone(state));
      expect(one.state()).toEqual(state);
      for (let { epoch } = state.position; epoch <= 3; epoch++) {
        const losses = await one.trainEpoch(epoch, {});
        expect({ losses, evaluations: await one.evaluate({}) }).toEqual(epochs[epoch - 1]);
      }
      expect(one.state()).toEqual(end);
      one.dispose();
    }
  });
});

test('a finished epoch is not trained again', async () => {
  const { config, states } = await trained(variants['fine-tuning']);
  const state = states[stepsPerEpoch] as TrainerState;
  const one = resumeTrainer(config, dataset, state);
  expect(await one.trainEpoch(1, {})).toEqual(state.position.means);
  expect(one.state()).toEqual(state);
  one.dispose();
});

test('training is not resumed from the state of another network', async () => {
  const { config, states } = await trained(variants['fine-tuning']);
  const state = states[1] as TrainerState;
  const tensors = {
    ...state.tensors,
    'conv1/weight/phi': { shape: [1], values: Float64Array.of(1) },
  };
  expect(() => resumeTrainer(config, dataset, { ...state, tensors })).toThrow(UserError);
});
