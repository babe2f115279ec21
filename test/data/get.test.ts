import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { getArchive } from '../../src/data/get.js';
import { loadDataset } from '../../src/data/load.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { answerWith, serve, smallArchive } from './archive-server.js';
import { cifar10Names } from './cifar-files.js';
import { expectUserError } from './idx-files.js';

const nowhere = 'http://127.0.0.1:1/archive.tar.gz';
const quick = { pauseMs: 1, stallMs: 2000 };

test('an archive is downloaded, checked and unpacked, once', async () => {
  const { contents, archive } = await smallArchive();
  const { url, ranges } = await serve(answerWith(contents));
  const parent = join(await temporaryFolder(), 'datasets', 'cifar10');
  const folder = join(parent, 'cifar-10-batches-bin');
  expect(await getArchive({ ...archive, url }, parent, quick)).toEqual({ folder, made: true });
  expect(await readdir(parent)).toEqual(['cifar-10-batches-bin']);
  expect((await readdir(folder)).sort()).toEqual(['SHA256SUMS', ...archive.files].sort());
  const { train, test } = await loadDataset({ name: 'cifar10', path: parent });
  expect([...train.labels, ...test.labels]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(await getArchive({ ...archive, url }, parent, quick)).toEqual({ folder, made: false });
  expect(ranges).toEqual(['all']);
});

test('files from the archive count as verified until they are changed', async () => {
  const { contents, archive } = await smallArchive();
  const { url } = await serve(answerWith(contents));
  const parent = await temporaryFolder();
  const { folder } = await getArchive({ ...archive, url }, parent, quick);
  const statuses = async () =>
    (await loadDataset({ name: 'cifar10', path: parent })).files.map(({ status }) => status);
  expect(await statuses()).toEqual(Array(6).fill('verified'));
  // As sha256sum reads it.
  execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: folder });

  const batch = join(folder, 'data_batch_2.bin');
  const bytes = await readFile(batch);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  await writeFile(batch, bytes);
  expect(await statuses()).toEqual(
    cifar10Names.map((name) => (name === 'data_batch_2.bin' ? 'unverified' : 'verified')),
  );
});

test('two simultaneous calls download once; the second waits, and says for which process', async () => {
  const { contents, archive } = await smallArchive();
  const answer = answerWith(contents);
  const { url, ranges } = await serve((response, request, number) => {
    setTimeout(() => {
      answer(response, request, number);
    }, 200);
  });
  const parent = await temporaryFolder();
  const holders: string[] = [];
  const onWaiting = (holder: string) => holders.push(holder);
  const get = () => getArchive({ ...archive, url }, parent, { ...quick, onWaiting });
  const both = await Promise.all([get(), get()]);
  expect(both.map(({ made }) => made).sort()).toEqual([false, true]);
  expect(ranges).toEqual(['all']);
  expect(holders).toHaveLength(1);
  expect(holders[0]).toMatch(/process/);
  expect(await readdir(parent)).toEqual(['cifar-10-batches-bin']);
});

test('a wait ends at a signal', async () => {
  const { archive } = await smallArchive();
  const parent = await temporaryFolder();
  await writeFile(join(parent, '.lock'), `${process.pid}@${hostname()} - other`);
  const controller = new AbortController();
  const reason = new Error('enough');
  const onWaiting = () => {
    controller.abort(reason);
  };
  const { signal } = controller;
  await expect(
    getArchive({ ...archive, url: nowhere }, parent, { ...quick, signal, onWaiting }),
  ).rejects.toBe(reason);
});

test('a local archive is used without the network, and kept', async () => {
  const { contents, archive } = await smallArchive();
  const parent = await temporaryFolder();
  const from = join(await temporaryFolder(), 'mine.tar.gz');
  await writeFile(from, contents);
  await getArchive({ ...archive, url: nowhere }, parent, { ...quick, from });
  expect((await loadDataset({ name: 'cifar10', path: parent })).train.count).toBe(6);
  expect(Buffer.compare(await readFile(from), contents)).toBe(0);
});

test('partly unpacked folders of killed commands are removed', async () => {
  const { contents, archive } = await smallArchive();
  const { url } = await serve(answerWith(contents));
  const parent = await temporaryFolder();
  for (const left of ['cifar-10-batches-bin.unpacking', 'cifar-10-batches-bin.unpacking-1']) {
    await mkdir(join(parent, left));
    await writeFile(join(parent, left, 'data_batch_1.bin'), 'half');
  }
  await getArchive({ ...archive, url }, parent, quick);
  expect(await readdir(parent)).toEqual(['cifar-10-batches-bin']);
  expect((await loadDataset({ name: 'cifar10', path: parent })).train.count).toBe(6);
});

test('an archive with a wrong checksum is not unpacked, and is deleted only if downloaded', async () => {
  const { contents, archive } = await smallArchive();
  contents[100] = (contents[100] ?? 0) ^ 1;
  const { url } = await serve(answerWith(contents));
  const parent = await temporaryFolder();
  const parts = [`MD5 checksum ${archive.md5}`, 'Nothing was unpacked'];
  await expectUserError(getArchive({ ...archive, url }, parent, quick), parts);
  expect(await readdir(parent)).toEqual([]);
  const from = join(await temporaryFolder(), 'mine.tar.gz');
  await writeFile(from, contents);
  await expectUserError(getArchive({ ...archive, url }, parent, { from }), [from, ...parts]);
  expect(await readdir(parent)).toEqual([]);
  expect((await readFile(from)).length).toBe(contents.length);
});

test('nothing is left of an archive that lacks a file or is invalid', async () => {
  const { contents, archive } = await smallArchive();
  const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
  const parent = await temporaryFolder();
  const from = join(await temporaryFolder(), 'archive.tar.gz');
  const get = (changes: object) =>
    getArchive({ ...archive, url: nowhere, ...changes }, parent, { from });

  await writeFile(from, contents);
  const files = [...archive.files, 'data_batch_6.bin'];
  await expectUserError(get({ files }), [from, 'no cifar-10-batches-bin/data_batch_6.bin in it']);
  const cut = contents.subarray(0, contents.length >> 1);
  await writeFile(from, cut);
  await expectUserError(get({ md5: md5(cut) }), [from, 'expected a complete .tar.gz archive']);
  const text = Buffer.from('<!DOCTYPE html>');
  await writeFile(from, text);
  await expectUserError(get({ md5: md5(text) }), [from, 'expected a complete .tar.gz archive']);
  expect(await readdir(parent)).toEqual([]);
});

test('a missing network or an unusable folder is reported', async () => {
  const { archive } = await smallArchive();
  const parent = await temporaryFolder();
  await expectUserError(getArchive({ ...archive, url: nowhere }, parent, quick), [nowhere]);
  const file = join(parent, 'file');
  await writeFile(file, 'x');
  await expectUserError(getArchive({ ...archive, url: nowhere }, join(file, 'cifar10'), quick), [
    join(file, 'cifar10'),
    'expected a folder to write to',
  ]);
});
