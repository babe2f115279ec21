import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { datasetShape } from '../../src/data/load.js';
import { expectUserError, folderWith } from './idx-files.js';
import { imageFiles } from './own-files.js';

describe('the shape of a data set', () => {
  test('is known for a named one without its files', async () => {
    const path = '/nowhere';
    expect(await datasetShape({ name: 'mnist', path })).toEqual({
      name: 'mnist',
      classes: 10,
      imageShape: [28, 28, 1],
    });
    expect(await datasetShape({ name: 'fashion-mnist' })).toMatchObject({
      name: 'fashion-mnist',
      imageShape: [28, 28, 1],
    });
    expect(await datasetShape({ name: 'cifar10' })).toMatchObject({
      classes: 10,
      imageShape: [32, 32, 3],
    });
    expect(await datasetShape({ name: 'cifar100' })).toEqual({
      name: 'cifar100',
      classes: 100,
      imageShape: [32, 32, 3],
    });
  });

  test('is read from the files of the user’s own', async () => {
    const path = await folderWith(imageFiles([5, 2, 3], [3, 2, 3]));
    expect(await datasetShape({ path, classes: 11 })).toEqual({
      name: basename(path),
      classes: 11,
      imageShape: [2, 3, 1],
    });
    await expectUserError(datasetShape({ path: join(path, 'x'), classes: 11 }), [
      'it does not exist',
    ]);
  });
});
