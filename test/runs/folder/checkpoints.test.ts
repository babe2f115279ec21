import fc from 'fast-check';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DivergedError, UserError } from '../../../src/errors.js';
import {
  checkpointFile,
  decodeCheckpoint,
  encodeCheckpoint,
  previousCheckpointFile,
  type Checkpoint,
} from '../../../src/runs/folder/checkpoint-file.js';
import {
  dropDamagedCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
} from '../../../src/runs/folder/checkpoints.js';
import { WriteError } from '../../../src/files/write-file.js';
import { withFault } from '../../helpers/faults.js';
import { checkFinite } from '../../../src/training/divergence.js';
import { temporaryFolder, userError } from '../../helpers/temporary-folder.js';

const checkpointAt = (epochs: number): Checkpoint => ({
  config: 'dataset: mnist\nmodel: lenet5\n',
  recordedEpochs: epochs,
  extendedAfterEpochs: [],
  trainer: {
    position: {
      epoch: epochs + 1,
      step: 3,
      images: 384,
      means: { loss: 1 / 3, crossEntropy: 0.1, regularizer: 2, accuracyPercent: 12.5 },
    },
    streams: { order: [1, 2, 3, -4], gates: [5, 6, 7, 8], augmentation: [9, 10, 11, 12] },
    stepsDone: 99,
    budget: { integral: 0.12345678901234568, isSettled: false },
    tensors: {
      'conv1/weight': { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 1e-45) },
      'conv1/weight/phi': { shape: [2], values: Float64Array.of(1 / 3, -1000) },
    },
  },
});

test('a checkpoint survives a round trip, to the bit', () => {
  const checkpoint = checkpointAt(4);
  expect(decodeCheckpoint(Buffer.from(encodeCheckpoint(checkpoint)), 'x')).toEqual(checkpoint);
});

describe('in a damaged file', () => {
  const bytes = Buffer.from(encodeCheckpoint(checkpointAt(4)));
  const readDamaged = (damaged: Buffer) => () => decodeCheckpoint(damaged, 'file');

  test('any flipped bit is detected', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        expect(readDamaged(damaged)).toThrow(UserError);
      }),
      { numRuns: 500 },
    );
  });

  test('every truncation and extension is detected', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(readDamaged(bytes.subarray(0, length))).toThrow(UserError);
    }
    expect(readDamaged(Buffer.concat([bytes, Buffer.of(0)]))).toThrow(UserError);
  });

  test('arbitrary bytes are rejected', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (some) => {
        expect(readDamaged(Buffer.from(some))).toThrow(UserError);
      }),
    );
  });

  test('another format is named', () => {
    const later = Buffer.from(
      bytes.toString('latin1').replace('checkpoint 1', 'checkpoint 2'),
      'latin1',
    );
    expect(readDamaged(later)).toThrow(/^file: expected a checkpoint of format 1, found format 2;/);
  });
});

describe('in a folder', () => {
  test('the newest is loaded, and the previous one is kept', async () => {
    const folder = await temporaryFolder();
    expect(await loadCheckpoint(folder)).toBeUndefined();
    for (const epochs of [1, 2, 3]) await saveCheckpoint(folder, checkpointAt(epochs));
    expect(await loadCheckpoint(folder)).toEqual({ checkpoint: checkpointAt(3) });
    const previous = await readFile(join(folder, previousCheckpointFile));
    expect(decodeCheckpoint(previous, 'x').recordedEpochs).toBe(2);
  });

  test('the previous one is loaded if the newest is missing or damaged', async () => {
    const folder = await temporaryFolder();
    await saveCheckpoint(folder, checkpointAt(1));
    await saveCheckpoint(folder, checkpointAt(2));
    await writeFile(join(folder, checkpointFile), 'damaged');
    const found = await loadCheckpoint(folder);
    expect(found?.checkpoint).toEqual(checkpointAt(1));
    expect(found?.warning).toContain('The previous checkpoint is used.');
  });

  test('unreadable checkpoints are an error that names them', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, checkpointFile), 'damaged');
    expect(await userError(loadCheckpoint(folder))).toContain(
      `${join(folder, checkpointFile)}: expected a checkpoint, found a different first line.`,
    );
  });
});

describe('during a save', () => {
  test('any operation may fail after the newest checkpoint was found damaged', async () => {
    const damaged = async () => {
      const folder = await temporaryFolder();
      for (const epochs of [1, 2]) await saveCheckpoint(folder, checkpointAt(epochs));
      await writeFile(join(folder, checkpointFile), 'damaged');
      return folder;
    };
    const goOn = async (folder: string) => {
      expect((await loadCheckpoint(folder))?.warning).toBeDefined();
      await dropDamagedCheckpoint(folder);
      await saveCheckpoint(folder, checkpointAt(3));
    };
    const counted = await damaged();
    const { operations } = await withFault(counted, undefined, () => goOn(counted));
    for (let at = 1; at <= operations; at++) {
      const folder = await damaged();
      await withFault(folder, { at, kind: 'crash' }, () => goOn(folder));
      expect([1, 3], `operation ${at}`).toContain(
        (await loadCheckpoint(folder))?.checkpoint.recordedEpochs,
      );
    }
  });

  test.each(['one', 'crash'] as const)(
    'any operation may fail (%s): the old or the new checkpoint loads, and the next is saved',
    async (kind) => {
      const counted = await temporaryFolder();
      await saveCheckpoint(counted, checkpointAt(1));
      const save = (folder: string, epochs: number) => () =>
        saveCheckpoint(folder, checkpointAt(epochs));
      const { operations } = await withFault(counted, undefined, save(counted, 2));
      expect(operations).toBeGreaterThanOrEqual(7);
      for (let at = 1; at <= operations; at++) {
        const folder = await temporaryFolder();
        for (const epochs of [1, 2]) await saveCheckpoint(folder, checkpointAt(epochs));
        const { error } = await withFault(folder, { at, kind }, save(folder, 3));
        expect(error, `operation ${at}`).toBeInstanceOf(WriteError);
        const found = await loadCheckpoint(folder);
        expect(found?.warning).toBeUndefined();
        expect([2, 3]).toContain(found?.checkpoint.recordedEpochs);
        // A second failure in a row must not lose the last checkpoint either.
        await withFault(folder, { at, kind }, save(folder, 3));
        expect([2, 3]).toContain((await loadCheckpoint(folder))?.checkpoint.recordedEpochs);
        await saveCheckpoint(folder, checkpointAt(4));
        expect((await loadCheckpoint(folder))?.checkpoint.recordedEpochs).toBe(4);
        const names = await readdir(folder);
        expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
      }
    },
  );
});

test.each([NaN, Infinity, -Infinity])('a state with %d in it cannot be a checkpoint', (value) => {
  const { trainer } = checkpointAt(1);
  const variables = [{ name: 'conv1/weight' }, { name: 'fc1/weight' }, { name: 'fc1/bias' }];
  checkFinite(trainer, variables);
  const broken = { shape: [2], values: Float32Array.of(1, value) };
  const withBroken =
    (...names: string[]) =>
    () => {
      const added = Object.fromEntries(names.map((name) => [name, broken]));
      checkFinite({ ...trainer, tensors: { ...trainer.tensors, ...added } }, variables);
    };
  expect(withBroken('fc1/weight/phi')).toThrow(DivergedError);
  // The backward pass reaches the last layer first.
  expect(withBroken('conv1/weight', 'fc1/weight')).toThrow(
    'epoch 2, step 3: fc1/weight has numbers that are not finite',
  );
});
