import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { dataCommand } from '../../src/cli/data.js';
import { parseConfig } from '../../src/config/config.js';
import { datasetShape, loadDataset } from '../../src/data/load.js';
import { createTrainer } from '../../src/training/trainer.js';
import { expectUserError } from '../data/idx-files.js';
import { startWhatThereIs } from '../helpers/test-backend.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Adds the example to the table, as a line there would. */
vi.mock(import('../../src/data/datasets/datasets.js'), async (original) => {
  const { optdigits } = await import('./dataset.js');
  const { datasets, datasetNames, ...others } = await original();
  return {
    ...others,
    datasets: { ...datasets, optdigits },
    datasetNames: [...datasetNames, 'optdigits' as never],
  };
});

/** An image of digit d: row d mod 8 is white. */
const line = (digit: number) =>
  [...Array.from({ length: 64 }, (_, pixel) => (pixel >> 3 === digit % 8 ? 16 : 0)), digit].join();
const lines = (...digits: number[]) => digits.map((digit) => `${line(digit)}\n`).join('');

async function writeOptdigits(train = lines(0, 1, 2, 3, 4, 5), test = lines(6, 7)) {
  const folder = join(await temporaryFolder(), 'datasets', 'optdigits');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'optdigits.tra'), train);
  await writeFile(join(folder, 'optdigits.tes'), test);
  return folder;
}

const network = `model:
  layers:
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
`;

test('a data set takes one file and one line in the table: a config names it, and a network trains on it', async () => {
  await startWhatThereIs();
  const path = await writeOptdigits();
  const config = parseConfig(`dataset: { name: optdigits, path: ${path} }\n${network}`, 'c.yaml');
  expect(await datasetShape(config.dataset)).toEqual({
    name: 'optdigits',
    classes: 10,
    imageShape: [8, 8, 1],
  });
  const dataset = await loadDataset(config.dataset);
  expect(Array.from(dataset.train.labels)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(Array.from(dataset.test.images.subarray(48, 64))).toEqual([
    ...new Array<number>(8).fill(255),
    ...new Array<number>(8).fill(0),
  ]);
  const trainer = createTrainer(config, dataset);
  await trainer.trainEpoch(1, {});
  trainer.dispose();
});

test('bbits data list lists it', async () => {
  const path = await writeOptdigits();
  const before = process.cwd();
  process.chdir(join(path, '..', '..'));
  let printed = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  onTestFinished(() => {
    process.chdir(before);
    spy.mockRestore();
  });
  await dataCommand().parseAsync(['list'], { from: 'user' });
  expect(printed).toMatch(/^optdigits +6 training and 2 test images, unverified$/m);
});

test('an invalid file is a user error', async () => {
  const path = await writeOptdigits(`${lines(1)}1,2,3\n`);
  await expectUserError(loadDataset({ name: 'optdigits' as never, path }), [
    'optdigits.tra:2: expected 64 pixels from 0 to 16 and a digit, found "1,2,3"',
  ]);
});
