import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadDataset } from '../../src/data/load.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { expectUserError, folderWith } from './idx-files.js';

test('Fashion-MNIST is read like MNIST, from a path or datasets/fashion-mnist', async () => {
  const folder = await folderWith();
  const given = await loadDataset({ name: 'fashion-mnist', path: folder });
  expect(given).toMatchObject({ name: 'fashion-mnist', classes: 10, imageShape: [28, 28, 1] });
  expect([given.train.count, given.test.count]).toEqual([5, 3]);
  expect(given.files.map(({ status }) => status)).toEqual(Array(4).fill('unverified'));

  const before = process.cwd();
  process.chdir(await temporaryFolder());
  onTestFinished(() => {
    process.chdir(before);
  });
  const local = join(process.cwd(), 'datasets', 'fashion-mnist');
  await expectUserError(loadDataset({ name: 'fashion-mnist' }), [
    local,
    'the four files of Fashion-MNIST',
    'Put its four files there',
  ]);
  await mkdir('datasets');
  await symlink(folder, local);
  expect((await loadDataset({ name: 'fashion-mnist' })).train.count).toBe(5);
});
