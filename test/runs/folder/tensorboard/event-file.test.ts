import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import type { EpochMetrics } from '../../../../src/runs/folder/metrics-file.js';
import { hardConcrete } from '../../../../src/bayesian-bits/hard-concrete.js';
import { createEventFile } from '../../../../src/runs/folder/tensorboard/event-file.js';
import { temporaryFolder, userError } from '../../../helpers/temporary-folder.js';
import { figuresOfOne } from '../../../helpers/figures-of-one.js';

const metrics = (epoch: number): EpochMetrics => ({
  epoch,
  ...figuresOfOne,
  quantizers: [],
});

/** The lengths of the records in a file. */
async function recordLengths(path: string): Promise<number[]> {
  const bytes = await readFile(path);
  const lengths = [];
  for (let at = 0; at < bytes.length; at += 12 + (lengths.at(-1) ?? 0) + 4) {
    lengths.push(Number(bytes.readBigUInt64LE(at)));
  }
  return lengths;
}

test('a file starts with its version, and gets a record per epoch', async () => {
  const file = await createEventFile(await temporaryFolder(), 1, hardConcrete);
  expect(await recordLengths(file.path)).toEqual([24]);
  await file.addEpoch(metrics(1));
  const [, first] = await recordLengths(file.path);
  await file.addEpoch(metrics(2));
  expect(await recordLengths(file.path)).toEqual([24, first, first]);
});

test('a resumed run writes a new file after the others, which it leaves unchanged', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'events.out.tfevents.0001.bbits'), 'half a rec');
  const files = [
    await createEventFile(folder, 1, hardConcrete),
    await createEventFile(folder, 1, hardConcrete),
  ];
  await files[1]?.addEpoch(metrics(1));
  expect(files.map(({ path }) => basename(path))).toEqual([
    'events.out.tfevents.0002.bbits',
    'events.out.tfevents.0003.bbits',
  ]);
  expect(await readdir(folder)).toHaveLength(3);
  const first = await readFile(join(folder, 'events.out.tfevents.0001.bbits'), 'utf8');
  expect(first).toBe('half a rec');
});

test('a deleted folder is an error that says which and what to do', async () => {
  const folder = await temporaryFolder();
  const file = await createEventFile(folder, 1, hardConcrete);
  await rm(folder, { recursive: true });
  for (const work of [createEventFile(folder, 1, hardConcrete), file.addEpoch(metrics(1))]) {
    const message = await userError(work);
    expect(message).toContain(`${file.path}: cannot be written (ENOENT`);
    expect(message).toContain('Its folder is gone: create it again.');
  }
});

test.runIf(process.platform === 'linux')(
  'a full disk is an error that names the file',
  async () => {
    const file = await createEventFile(await temporaryFolder(), 1, hardConcrete);
    await rm(file.path);
    await symlink('/dev/full', file.path);
    expect(await userError(file.addEpoch(metrics(1)))).toContain(
      `${file.path}: cannot be written (ENOSPC: no space left on device`,
    );
  },
);
