import { basename, dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { cifarFolder, smallCifar10 } from './cifar-files.js';
import { expectUserError, folderWith, trainImagesName } from './idx-files.js';
import { loadOwn } from './own-files.js';

describe('a folder without a data set', () => {
  const kinds = [
    'train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte',
    'data_batch_1.bin and so on with test_batch.bin, or train.bin with test.bin',
    'datasets/README.md',
  ];

  test.each([
    ['pictures', ['cat1.png', 'cat2.png'], 'found cat1.png, cat2.png.'],
    ['nothing', [], 'found an empty folder'],
    [
      'both kinds of files',
      ['train.bin', trainImagesName],
      `found files of both kinds (${['train.bin', trainImagesName].sort().join(', ')})`,
    ],
  ])('gets an error that names both forms: %s', async (_what, names, found) => {
    const folder = await cifarFolder(Object.fromEntries(names.map((name) => [name, Buffer.of(1)])));
    await expectUserError(loadOwn(folder), [`${folder}: expected a data set`, found, ...kinds]);
  });

  test('that is missing, or not a folder, is an error', async () => {
    const folder = await folderWith();
    await expectUserError(loadOwn(join(folder, 'x')), [join(folder, 'x'), 'it does not exist']);
    const file = join(folder, trainImagesName);
    await expectUserError(loadOwn(file), [file, 'not a folder']);
  });
});

describe('means and standard deviations', () => {
  test('are those of the config', async () => {
    const folder = await cifarFolder(smallCifar10);
    const { mean, std } = await loadOwn(folder, 10, { mean: [0.1, 0.2, 0.3], std: [0.5, 0.5, 1] });
    expect({ mean, std }).toEqual({ mean: [0.1, 0.2, 0.3], std: [0.5, 0.5, 1] });
  });

  test.each([
    ['mean', [0.5], 'found 1 number.'],
    ['std', [0.5, 0.5, 0.5, 0.5], 'found 4 numbers.'],
  ])('need one value per channel: %s', async (key, values, found) => {
    const folder = await cifarFolder(smallCifar10);
    const error: unknown = await loadOwn(folder, 10, { [key]: values }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      exitCode: 2,
      message: `dataset.${key}: expected 3 numbers, one for each channel of the 32x32x3 images in ${folder}, ${found}`,
    });
  });
});

test('a relative folder starts at the current one', async () => {
  const folder = await folderWith();
  const before = process.cwd();
  process.chdir(dirname(folder));
  onTestFinished(() => {
    process.chdir(before);
  });
  expect((await loadOwn(basename(folder))).files[0]?.path).toBe(
    join(process.cwd(), basename(folder), trainImagesName),
  );
});
