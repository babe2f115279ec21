import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Split } from '../../src/data/dataset.js';
import { UserError } from '../../src/errors.js';
import { loadDataset } from '../../src/data/load.js';
import {
  expectUserError,
  folderWith,
  header,
  imagesFile,
  labelsFile,
  idxNames,
  smallIdx,
  testImagesName,
  testLabelsName,
  trainImagesName,
  trainLabelsName,
  writeFiles,
} from './idx-files.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const load = (path: string) => loadDataset({ name: 'mnist', path });

describe('well-formed files', () => {
  const split = fc
    .array(fc.nat(9), { minLength: 1, maxLength: 6 })
    .chain((labels) =>
      fc
        .uint8Array({ minLength: labels.length * 784, maxLength: labels.length * 784 })
        .map((images) => ({ labels, images })),
    );
  const form = fc.record({ gzipped: fc.boolean(), dotted: fc.boolean() });

  test('read back as written, raw or gzipped, under either usual name', async () => {
    const folder = await temporaryFolder();
    const property = fc.asyncProperty(
      split,
      split,
      fc.array(form, { minLength: 4, maxLength: 4 }),
      fc.nat(),
      async (train, test, forms, run) => {
        const contents = [train, test].flatMap(({ images, labels }) => [
          Buffer.concat([header(labels.length, 28, 28), images]),
          labelsFile(labels),
        ]);
        const named = contents.map((bytes, i) => {
          const { gzipped = false, dotted = false } = forms[i] ?? {};
          const name = (idxNames[i] ?? '').replace('-idx', dotted ? '.idx' : '-idx');
          return gzipped ? ([`${name}.gz`, gzipSync(bytes)] as const) : ([name, bytes] as const);
        });
        const here = join(folder, String(run));
        await mkdir(here, { recursive: true });
        await writeFiles(here, Object.fromEntries(named));
        const loaded = await load(here);
        await rm(here, { recursive: true });
        for (const [got, wanted] of [
          [loaded.train, train],
          [loaded.test, test],
        ] as const) {
          expect(got.count).toBe(wanted.labels.length);
          expect(Array.from(got.labels)).toEqual(wanted.labels);
          expect(Buffer.compare(got.images, wanted.images)).toBe(0);
        }
        expect(loaded.files.map(({ bytes }) => bytes)).toEqual(contents.map((c) => c.length));
        expect(loaded.files.map(({ name }) => name)).toEqual(named.map(([name]) => name));
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  test('have the checksum of their uncompressed contents', async () => {
    const raw = await load(await folderWith());
    const gzipped = Object.fromEntries(
      idxNames.flatMap((name) => [
        [name, null],
        [`${name}.gz`, gzipSync(smallIdx[name])],
      ]),
    );
    const expanded = await load(await folderWith(gzipped));
    expect(expanded.files.map(({ sha256 }) => sha256)).toEqual(
      raw.files.map(({ sha256 }) => sha256),
    );
  });

  test('are read raw if both forms exist', async () => {
    const folder = await folderWith({ [`${trainLabelsName}.gz`]: Buffer.from('not gzip') });
    expect((await load(folder)).files[1]?.name).toBe(trainLabelsName);
  });
});

/** A split's contents, with its bytes as plain arrays. */
function bytesOf({ images, labels }: Split): Buffer[] {
  return [Buffer.from(images), Buffer.from(labels)];
}

describe('damage', () => {
  const name = fc.constantFrom(...idxNames);

  test('in any bit of a header is a UserError', async () => {
    const property = fc.asyncProperty(name, fc.nat(1), fc.nat(), async (damaged, half, bit) => {
      const bytes = Buffer.from(smallIdx[damaged]);
      const at = bit % ((damaged.includes('images') ? 16 : 8) * 8);
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
      const gzipped = half === 1;
      const stored = gzipped ? `${damaged}.gz` : damaged;
      const folder = await folderWith({
        [damaged]: null,
        [stored]: gzipped ? gzipSync(bytes) : bytes,
      });
      await expectUserError(load(folder), [join(folder, stored), 'expected', 'found']);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  test('by any truncation, raw or gzipped, is a UserError', async () => {
    const property = fc.asyncProperty(
      name,
      fc.boolean(),
      fc.nat(),
      async (cut, gzipped, length) => {
        const whole = gzipped ? gzipSync(smallIdx[cut]) : smallIdx[cut];
        const stored = gzipped ? `${cut}.gz` : cut;
        const kept = whole.subarray(0, length % whole.length);
        const folder = await folderWith({ [cut]: null, [stored]: kept });
        await expectUserError(load(folder), [join(folder, stored), 'expected', 'found']);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  test('in any bit of a gzip file is a UserError, or without effect', async () => {
    const clean = await load(await folderWith());
    const property = fc.asyncProperty(name, fc.nat(), async (damaged, bit) => {
      const bytes = gzipSync(smallIdx[damaged]);
      const at = bit % (bytes.length * 8);
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
      const folder = await folderWith({ [damaged]: null, [`${damaged}.gz`]: bytes });
      try {
        const { train, test } = await load(folder);
        expect([train, test].map(bytesOf)).toEqual([clean.train, clean.test].map(bytesOf));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        expect(error.message).toContain(join(folder, `${damaged}.gz`));
      }
    });
    await fc.assert(property, { numRuns: 150 });
  });

  test.each([
    ['an empty file', trainImagesName, Buffer.alloc(0), ['found an empty file']],
    ['a file cut within its magic', trainLabelsName, Buffer.from([0, 0]), ['only 2 bytes']],
    [
      'a file cut within its header',
      testImagesName,
      header(3, 28, 28).subarray(0, 12),
      ['12 bytes'],
    ],
    ['a header without items', testLabelsName, header(3), ['expected 11 bytes', 'truncated']],
    [
      'bytes after the items',
      testLabelsName,
      Buffer.concat([labelsFile([7, 2, 1]), Buffer.of(0)]),
      ['found 12 bytes', 'too long'],
    ],
    ['no items', trainLabelsName, labelsFile([]), ['expected', '1 to 250000', 'says 0']],
    [
      'images of another size',
      testImagesName,
      Buffer.concat([header(3, 14, 56), Buffer.alloc(2352)]),
      ['of 28x28 pixels', '14x56'],
    ],
    [
      '32-bit floats',
      trainLabelsName,
      Buffer.from([0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0]),
      ['0x00000d01', 'not an IDX file of unsigned bytes'],
    ],
    ['a saved web page', trainLabelsName, Buffer.from('<!DOCTYPE html>'), ['not an IDX file']],
    [
      'a gzip file without .gz',
      trainLabelsName,
      gzipSync(smallIdx[trainLabelsName]),
      ['give it a name that ends in .gz'],
    ],
    ['a zip archive', trainLabelsName, Buffer.from('PK\u0003\u0004'), ['zip archive (unpack it)']],
  ])('%s', async (_, name, contents, parts) => {
    const folder = await folderWith({ [name]: contents });
    await expectUserError(load(folder), [join(folder, name), ...parts]);
  });

  test('a raw file named .gz', async () => {
    const name = `${trainLabelsName}.gz`;
    const labels = smallIdx[trainLabelsName];
    const folder = await folderWith({ [trainLabelsName]: null, [name]: labels });
    await expectUserError(load(folder), [name, 'gzip', 'remove .gz from its name']);
  });
});

describe('files that do not belong together', () => {
  test('images and labels swapped', async () => {
    const folder = await folderWith({
      [trainImagesName]: smallIdx[trainLabelsName],
      [trainLabelsName]: smallIdx[trainImagesName],
    });
    await expectUserError(load(folder), [
      join(folder, trainImagesName),
      'found 0x00000801, which starts a file of labels (are images and labels swapped?)',
    ]);
  });

  test('the images of training and test swapped', async () => {
    const folder = await folderWith({
      [trainImagesName]: smallIdx[testImagesName],
      [testImagesName]: smallIdx[trainImagesName],
    });
    await expectUserError(load(folder), [
      join(folder, trainImagesName),
      `as ${trainLabelsName} has labels, 5, found 3`,
      `${trainImagesName} and ${testImagesName} look swapped`,
    ]);
  });

  test('test images of another count', async () => {
    const folder = await folderWith({ [testImagesName]: imagesFile(4) });
    await expectUserError(load(folder), [
      join(folder, testImagesName),
      `as ${testLabelsName} has labels, 3, found 4`,
      'get both files again',
    ]);
  });

  test.each([trainLabelsName, testLabelsName] as const)(
    'a label past the last class in %s',
    async (name) => {
      const labels = [...smallIdx[name].subarray(8)];
      labels[2] = 10;
      const folder = await folderWith({ [name]: labelsFile(labels) });
      await expectUserError(load(folder), [
        join(folder, name),
        'labels from 0 to 9',
        'found 10 as label 2',
      ]);
    },
  );
});
