import { afterEach, beforeAll, expect, test, vi } from 'vitest';
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
  await startBackend('native-cpu', { threads: 2, xla: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('training that XLA compiled goes on to the bit, its images on the device, into fine-tuning', async () => {
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

/** From now on what XLA compiles fails, as on a device without memory. @returns what is run after it */
function withoutMemoryForXla() {
  const { binding } = findNativeBackend() as { binding: NativeBinding };
  const run = binding.runSavedModel.bind(binding);
  return vi.spyOn(binding, 'runSavedModel').mockImplementation((session, ids, feeds, fetches) => {
    if (fetches.includes('/xla')) throw new Error('Session fail to run with error: out of memory');
    return run(session, ids, feeds, fetches);
  });
}

test('fine-tuning that XLA cannot compile says what to do, after training gave its memory back', async () => {
  const one = createTrainer(config, dataset);
  await one.trainEpoch(1, {});
  const { binding } = findNativeBackend() as { binding: NativeBinding };
  const freed = vi.spyOn(binding, 'deleteSavedModel');
  const loaded = vi.spyOn(binding, 'loadSavedModel');
  withoutMemoryForXla();
  const error = await one.trainEpoch(2, {}).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UserError);
  expect(String(error)).toMatch(/out of memory.*bbits resume.*fineTuning\.epochs=0/);
  expect(freed.mock.invocationCallOrder[0]).toBeLessThan(loaded.mock.invocationCallOrder[0] ?? NaN);
  one.dispose();
  // Both sessions, each once.
  expect(new Set(freed.mock.calls.flat()).size).toBe(2);
  expect(freed).toHaveBeenCalledTimes(2);
});

test('a graph in the place of what XLA refused is fed its images', async () => {
  const runs = withoutMemoryForXla();
  const one = createTrainer(config, dataset);
  expect(one.compiled).toMatchObject({ mode: 'graph' });
  expect(one.compiled.refusedByXla).toContain('out of memory');
  runs.mockClear();
  const losses = await one.trainEpoch(1, {});
  const fed = runs.mock.calls.map(([, , feeds]) => feeds).join();
  expect(fed).toContain('images');
  expect(fed).not.toContain('indices');
  one.dispose();
  vi.restoreAllMocks();
  const compiled = createTrainer(config, dataset);
  const { crossEntropy } = await compiled.trainEpoch(1, {});
  expect(losses.crossEntropy).toBeCloseTo(crossEntropy, 4);
  compiled.dispose();
});
