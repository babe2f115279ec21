import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startBackend } from '../../src/backend/start.js';
import { findNativeBackend, type NativeBinding } from '../../src/compile/native-backend.js';
import { parseConfig } from '../../src/config/config.js';
import { UserError } from '../../src/errors.js';
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

beforeAll(async () => {
  // Skips XLA's slow passes.
  process.env['XLA_FLAGS'] = '--xla_backend_optimization_level=0';
  await startBackend('native-cpu', { threads: 2, xla: true });
});

test('training compiled by XLA with images on the device resumes to the bit, into fine-tuning', async () => {
  // Other tests call this too; it changes nothing here.
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
  // A checkpoint does not contain the data on the device.
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

/** Watches TensorFlow until the test ends; with `isFull`, XLA's programs fail as if it were out of memory. */
function watched() {
  const backend = findNativeBackend() as { binding: NativeBinding };
  const { binding } = backend;
  const device = { isFull: false };
  const spies = {
    loadSavedModel: vi.fn(binding.loadSavedModel.bind(binding)),
    deleteSavedModel: vi.fn(binding.deleteSavedModel.bind(binding)),
    runSavedModel: vi.fn<NativeBinding['runSavedModel']>((session, ids, feeds, fetches) => {
      if (device.isFull && fetches.includes('/xla')) {
        throw new Error('Session fail to run with error: out of memory');
      }
      return binding.runSavedModel(session, ids, feeds, fetches);
    }),
  };
  // The binding's own functions cannot be replaced.
  backend.binding = Object.create(
    binding,
    Object.fromEntries(Object.entries(spies).map(([name, value]) => [name, { value }])),
  ) as NativeBinding;
  onTestFinished(() => {
    backend.binding = binding;
  });
  return { device, ...spies };
}

test('fine-tuning that XLA cannot compile says what to do, after training has freed its memory', async () => {
  const { device, loadSavedModel, deleteSavedModel } = watched();
  const one = createTrainer(config, dataset);
  await one.trainEpoch(1, {});
  device.isFull = true;
  const error = await one.trainEpoch(2, {}).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UserError);
  expect(String(error)).toMatch(/out of memory.*bbits resume.*fineTuning\.epochs=0/);
  const [[freed = NaN], [, loaded = NaN]] = [deleteSavedModel, loadSavedModel].map(
    ({ mock }) => mock.invocationCallOrder,
  ) as [number[], number[]];
  expect(freed).toBeLessThan(loaded);
  one.dispose();
  // Each session once.
  expect(loadSavedModel).toHaveBeenCalledTimes(2);
  expect(deleteSavedModel).toHaveBeenCalledTimes(2);
});

test('a graph that replaces a program refused by XLA is fed its images', async () => {
  const { device, runSavedModel } = watched();
  device.isFull = true;
  const one = createTrainer(config, dataset);
  expect(one.compiled).toMatchObject({ mode: 'graph' });
  expect(one.compiled.refusedByXla).toContain('out of memory');
  runSavedModel.mockClear();
  const losses = await one.trainEpoch(1, {});
  const fed = runSavedModel.mock.calls.map(([, , feeds]) => feeds).join();
  expect(fed).toContain('in/images');
  expect(fed).not.toContain('in/indices');
  one.dispose();
  device.isFull = false;
  const compiled = createTrainer(config, dataset);
  const { crossEntropy } = await compiled.trainEpoch(1, {});
  expect(losses.crossEntropy).toBeCloseTo(crossEntropy, 4);
  compiled.dispose();
});
