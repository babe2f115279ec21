import { beforeAll, expect, test } from 'vitest';
import { findNativeBackend, type NativeBackend } from '../../src/compile/native-backend.js';
import { parseConfig } from '../../src/config/config.js';
import { createTrainer } from '../../src/training/trainer.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';
import { plainNetwork } from '../helpers/small-network.js';
import { startNative } from '../helpers/test-backend.js';

beforeAll(startNative);

/** Counts calls of TensorFlow, and reads of numbers from it. */
async function callsIn(run: () => Promise<unknown>): Promise<{ runs: number; reads: number }> {
  const backend = findNativeBackend() as NativeBackend;
  const { binding } = backend;
  const readSync = backend.readSync.bind(backend);
  const calls = { runs: 0, reads: 0 };
  const counting = Object.create(binding, {
    runSavedModel: {
      value: (...args: Parameters<typeof binding.runSavedModel>) => {
        calls.runs++;
        return binding.runSavedModel(...args);
      },
    },
  }) as typeof binding;
  Object.assign(backend, {
    binding: counting,
    readSync: (dataId: object) => {
      calls.reads++;
      return readSync(dataId);
    },
  });
  try {
    await run();
  } finally {
    Object.assign(backend, { binding });
    Reflect.deleteProperty(backend, 'readSync');
  }
  return calls;
}

test('TensorFlow is called once per step, and once per evaluated batch', async () => {
  const config = parseConfig(`dataset: mnist\n${plainNetwork}`, 'test.yaml', [
    'training.batchSize=64',
  ]);
  const trainer = createTrainer(config, learnableDataset(200, 601));
  // Batches of 64, 64, 64 and 8 images.
  expect(await callsIn(() => trainer.trainEpoch(1, {}))).toEqual({ runs: 4, reads: 4 });
  // Batches of 250, 250 and 101 images, whose loss and logits are read.
  expect(await callsIn(() => trainer.evaluate({}))).toEqual({ runs: 3, reads: 6 });
  trainer.dispose();
});
