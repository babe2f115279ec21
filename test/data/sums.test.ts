import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDataset } from '../../src/data/load.js';
import { readSums, writeSums } from '../../src/data/sums.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { cifar10Names, cifarFolder, smallCifar10 } from './cifar-files.js';

const hex = 'a'.repeat(64);

test('checksums are read back as written', async () => {
  const folder = await temporaryFolder();
  const contents = { 'a.bin': 'one', 'b-2_c.txt': '' };
  for (const [name, text] of Object.entries(contents)) await writeFile(join(folder, name), text);
  await writeSums(folder, Object.keys(contents));
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  expect([...(await readSums(folder))]).toEqual(
    Object.entries(contents).map(([name, text]) => [name, sha256(text)]),
  );
  expect(await readFile(join(folder, 'SHA256SUMS'), 'utf8')).toBe(
    `${sha256('one')}  a.bin\n${sha256('')}  b-2_c.txt\n`,
  );
  // An existing file is not overwritten.
  await expect(writeSums(folder, ['a.bin'])).rejects.toThrow(/EEXIST/);
});

test.each([
  ['nothing', ''],
  ['a truncated line', `${hex}  a.bin\n${hex}  b.b`],
  ['a short checksum', `${hex}  a.bin\n${hex.slice(1)}  b.bin\n`],
  ['capital letters', `${hex.toUpperCase()}  a.bin\n`],
  ['a path', `${hex}  ../a.bin\n`],
  ['a comment', `# checksums\n${hex}  a.bin\n`],
  ['an empty line', `${hex}  a.bin\n\n`],
  ['a name twice', `${hex}  a.bin\n${'b'.repeat(64)}  a.bin\n`],
  ['bytes that are not text', Buffer.alloc(500, 0xff)],
  ['too many bytes', `${hex}  a.bin\n${'x'.repeat(20_000)}\n`],
])('a list with %s is ignored', async (_what, list) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'SHA256SUMS'), list);
  expect((await readSums(folder)).size).toBe(0);
});

test('a list that is a folder, a pipe, a link to itself or a terabyte is ignored', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'SHA256SUMS');
  const makers = [
    () => mkdir(path),
    () => Promise.resolve(execFileSync('mkfifo', [path])),
    () => symlink(path, path),
    async () => {
      await writeFile(path, `${hex}  a.bin\n`);
      await truncate(path, 2 ** 40);
    },
  ];
  for (const make of makers) {
    await make();
    expect((await readSums(folder)).size).toBe(0);
    await rm(path, { recursive: true });
  }
});

test('CIFAR files are verified only if the list has their checksums', async () => {
  const folder = await cifarFolder(smallCifar10, 'cifar-10-batches-bin');
  const inner = join(folder, 'cifar-10-batches-bin');
  const statuses = async () =>
    (await loadDataset({ name: 'cifar10', path: folder })).files.map(({ status }) => status);
  expect(await statuses()).toEqual(Array(6).fill('unverified'));

  await writeSums(inner, cifar10Names.slice(1));
  expect(await statuses()).toEqual(['unverified', ...Array<string>(5).fill('verified')]);

  // A wrong checksum leaves its file unverified, a malformed line all of them.
  const path = join(inner, 'SHA256SUMS');
  const lines = await readFile(path, 'utf8');
  await writeFile(path, lines.replace(/^[0-9a-f]{64}/, hex));
  expect(await statuses()).toEqual([
    'unverified',
    'unverified',
    ...Array<string>(4).fill('verified'),
  ]);
  await writeFile(path, `${lines}?\n`);
  expect(await statuses()).toEqual(Array(6).fill('unverified'));
});
