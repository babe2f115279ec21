import { expect, test } from 'vitest';
import { startBackend } from '../../src/backend/start.js';
import { parseConfig } from '../../src/config/config.js';
import type { TrainerState } from '../../src/training/trainer-state.js';
import { createTrainer, resumeTrainer } from '../../src/training/trainer.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';
import { startNative } from '../helpers/test-backend.js';

const dataset = learnableDataset(32, 20);

const config = parseConfig(
  `dataset: mnist
model:
  layers:
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
optimizers: { gates: { learningRate: 0.3 } }
training: { batchSize: 16, epochs: 1, augmentation: crop-and-flip }
fineTuning: { epochs: 1 }
`,
  'test.yaml',
  [],
);

test('training that XLA compiled goes on to the bit, its images on the device, into fine-tuning', async () => {
  await startBackend('native-cpu', { threads: 2, xla: true });
  // As other tests start it, which changes nothing.
  await startNative();
  const one = createTrainer(config, dataset);
  expect(one.compiled).toMatchObject({ mode: 'xla' });
  const states: TrainerState[] = [];
  const losses: unknown[] = [];
  for (const epoch of [1, 2]) {
    losses.push(await one.trainEpoch(epoch, { onStep: () => void states.push(one.state()) }));
  }
  const end = one.state();
  one.dispose();
  // What lies on the device is the data, and no part of a checkpoint.
  expect(Object.keys(end.tensors).filter((name) => name.startsWith('data/'))).toEqual([]);
  for (const at of [0, 2]) {
    const again = resumeTrainer(config, dataset, structuredClone(states[at] as TrainerState));
    expect(again.state()).toEqual(states[at]);
    for (let { epoch } = again.state().position; epoch <= 2; epoch++) {
      expect(await again.trainEpoch(epoch, {})).toEqual(losses[epoch - 1]);
    }
    expect(again.state()).toEqual(end);
    again.dispose();
  }
});
