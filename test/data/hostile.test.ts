import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { loadDataset } from '../../src/data/load.js';
import { cifarFolder, smallCifar10 } from './cifar-files.js';
import {
  expectUserError,
  folderWith,
  header,
  imagesFile,
  smallIdx,
  trainImagesName,
  trainLabelsName,
} from './idx-files.js';

// In a file of its own, since the peak memory of a process is informative only if nothing large
// was loaded before.

const mebibyte = 2 ** 20;

/** Expect that loading throws the UserError before the process's peak memory grows by 24 MiB. */
async function refusedInLittleMemory(
  path: string,
  parts: string[],
  rest: { name: 'mnist' | 'cifar10' } | { classes: number } = { name: 'mnist' },
): Promise<void> {
  const before = process.resourceUsage().maxRSS * 1024;
  await expectUserError(loadDataset({ ...rest, path }), parts);
  expect(process.resourceUsage().maxRSS * 1024 - before).toBeLessThan(24 * mebibyte);
}

test.each([
  ['the most that a header can say', [0xffffffff, 28, 28], 'says 4294967295'],
  ['sizes whose product is past 2^53', [1, 0xffffffff, 0xffffffff], 'of 28x28 pixels'],
  ['the most that is accepted', [250_000, 28, 28], 'expected 196000016 bytes'],
])('a header that claims %s is refused', async (_, dimensions, part) => {
  const raw = await folderWith({ [trainImagesName]: header(...dimensions) });
  await refusedInLittleMemory(raw, [join(raw, trainImagesName), part]);
  const gzipped = await folderWith({
    [trainImagesName]: null,
    [`${trainImagesName}.gz`]: gzipSync(header(...dimensions)),
  });
  await refusedInLittleMemory(gzipped, [join(gzipped, trainImagesName), part]);
});

test('labels whose header claims gigabytes are refused', async () => {
  const folder = await folderWith({ [trainLabelsName]: header(0xf0000000) });
  await refusedInLittleMemory(folder, [join(folder, trainLabelsName), 'says 4026531840']);
});

test('a sparse file of a terabyte is refused, raw and as .gz', async () => {
  const raw = await folderWith();
  await truncate(join(raw, trainImagesName), 2 ** 40);
  await refusedInLittleMemory(raw, ['found 1099511627776 bytes', 'too long']);
  const gzipped = await folderWith({
    [trainImagesName]: null,
    [`${trainImagesName}.gz`]: gzipSync(smallIdx[trainImagesName]),
  });
  await truncate(join(gzipped, `${trainImagesName}.gz`), 2 ** 40);
  await refusedInLittleMemory(gzipped, ['found 1099511627776 compressed bytes', 'too long']);
});

test('a gzip file of 60 kB that expands to 60 MiB is refused', async () => {
  const folder = await folderWith({ [trainImagesName]: null });
  const zeros = Buffer.alloc(mebibyte);
  await pipeline(
    Readable.from([imagesFile(5), ...Array<Buffer>(60).fill(zeros)]),
    createGzip(),
    createWriteStream(join(folder, `${trainImagesName}.gz`)),
  );
  await refusedInLittleMemory(folder, ['expected 3936 bytes', 'found more', 'too long']);
});

test('a CIFAR file with nearly a terabyte of complete records is refused', async () => {
  const folder = await cifarFolder(smallCifar10);
  const size = 3073 * 2 ** 28;
  await truncate(join(folder, 'data_batch_2.bin'), size);
  await refusedInLittleMemory(folder, ['1 to 50000 images', `found ${size} bytes`], {
    name: 'cifar10',
  });
});

describe('in the user’s own data set', () => {
  const own = { classes: 10 };

  test.each([
    ['rows', [5, 1025, 28], 'of at most 1024x1024 pixels and 16 channels'],
    ['columns', [5, 28, 0xffffffff], 'a header that says 28x4294967295'],
    ['channels', [5, 28, 28, 17], 'a header that says 28x28x17'],
    ['no rows', [5, 0, 28], 'a header that says 0x28'],
    ['sizes whose product is past 2^53', [1, 0xffffffff, 0xffffffff, 0xffffffff], 'of at most'],
    ['images', [10_000_001, 1, 1], 'expected the training images of'],
    ['2 GiB and an image', [2049, 1024, 1024], 'at most 2147483648 bytes of them'],
    ['2 GiB', [2048, 1024, 1024], 'expected 2147483664 bytes'],
    ['2 GiB of few channels', [128, 1024, 1024, 16], 'expected 2147483668 bytes'],
  ])('a header with impossible sizes is refused: %s', async (_, dimensions, part) => {
    const name = trainImagesName.replace('idx3', `idx${dimensions.length}`);
    const files = { [trainImagesName]: null, [name]: header(...dimensions) };
    const folder = await folderWith(files);
    await refusedInLittleMemory(folder, [join(folder, name), part], own);
    const gzipped = gzipSync(header(...dimensions));
    const other = await folderWith({ [trainImagesName]: null, [`${name}.gz`]: gzipped });
    await refusedInLittleMemory(other, [join(other, name), part], own);
  });

  test('CIFAR files of nearly a terabyte, or of more than 2 GiB together, are refused', async () => {
    const folder = await cifarFolder(smallCifar10);
    await truncate(join(folder, 'data_batch_2.bin'), 3073 * 2 ** 28);
    await refusedInLittleMemory(folder, ['1 to 698823 images', 'of 3073 bytes each'], own);
    await truncate(join(folder, 'data_batch_2.bin'), 3073 * 400_000);
    await truncate(join(folder, 'data_batch_3.bin'), 3073 * 400_000);
    await refusedInLittleMemory(folder, [`${folder}: expected at most 2147483648 bytes`], own);
  });
});

test('a named pipe, which would block a reader, is refused', async () => {
  const folder = await folderWith({ [trainImagesName]: null });
  execFileSync('mkfifo', [join(folder, trainImagesName)]);
  await refusedInLittleMemory(folder, [join(folder, trainImagesName), 'not a regular file']);
});
