import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import * as idx from './idx-files.js';
import { imageFiles, loadOwn } from './own-files.js';

describe('IDX files', () => {
  test('of any size are a data set, named after its folder', async () => {
    const folder = await idx.folderWith(imageFiles([5, 2, 3], [3, 2, 3]));
    const { train, test, files, ...rest } = await loadOwn(folder);
    expect(rest).toEqual({
      name: basename(folder),
      classes: 10,
      imageShape: [2, 3, 1],
      mean: [0],
      std: [1],
    });
    expect([train.count, test.count]).toEqual([5, 3]);
    expect(Array.from(train.images)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(Array.from(test.images)).toEqual(Array.from({ length: 18 }, (_, i) => 7 + i));
    expect(Array.from(test.labels)).toEqual([7, 2, 1]);
    expect(files.map(({ name, status }) => [name, status])).toEqual(
      idx.idxNames.map((name) => [name, 'own']),
    );
  });

  test.each([[[]], [['train-images-idx4-ubyte', 't10k-images.idx4-ubyte']]])(
    'may have channels, under the names %s',
    async (names) => {
      const folder = await idx.folderWith(imageFiles([5, 2, 3, 4], [3, 2, 3, 4], ...names));
      const { imageShape, mean, std, train } = await loadOwn(folder);
      expect({ imageShape, mean, std }).toEqual({
        imageShape: [2, 3, 4],
        mean: [0, 0, 0, 0],
        std: [1, 1, 1, 1],
      });
      expect(train.images).toHaveLength(120);
    },
  );

  test('may state a single channel or omit it', async () => {
    const folder = await idx.folderWith(imageFiles([5, 2, 3, 1], [3, 2, 3]));
    expect((await loadOwn(folder)).imageShape).toEqual([2, 3, 1]);
  });

  test('read back as written, raw or gzipped', async () => {
    const size = fc.integer({ min: 1, max: 5 });
    const shape = fc.tuple(size, size, fc.integer({ min: 1, max: 16 }));
    const property = fc.asyncProperty(
      shape,
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 5 }),
      fc.boolean(),
      async (imageShape, labels, gzipped) => {
        const pixels = imageShape.reduce((product, n) => product * n, 1);
        // One image per label, with all pixels equal to it; the last is the test image, which differs
        // from the first, since two files with the same contents are refused.
        const part = (values: number[]) =>
          Buffer.concat([
            idx.header(values.length, ...imageShape),
            ...values.map((value) => Buffer.alloc(pixels, value)),
          ]);
        const [train, test] = [labels.slice(0, -1), labels.slice(-1)];
        const testPixel = ((train[0] ?? 0) + 1) % 256;
        const contents = [
          part(train),
          idx.labelsFile(train),
          part([testPixel]),
          idx.labelsFile(test),
        ];
        const folder = await temporaryFolder();
        await idx.writeFiles(
          folder,
          Object.fromEntries(
            idx.idxNames.map((name, i) => {
              const bytes = contents[i] ?? Buffer.alloc(0);
              return gzipped ? [`${name}.gz`, gzipSync(bytes)] : [name, bytes];
            }),
          ),
        );
        const loaded = await loadOwn(folder, 256);
        expect(loaded.imageShape).toEqual(imageShape);
        expect(Array.from(loaded.train.labels)).toEqual(train);
        expect(Array.from(loaded.train.images)).toEqual(
          train.flatMap((label) => Array<number>(pixels).fill(label)),
        );
        expect(Array.from(loaded.test.images)).toEqual(Array<number>(pixels).fill(testPixel));
      },
    );
    await fc.assert(property, { numRuns: 30, examples: [[[1, 1, 1], [4, 3], false]] });
  });

  test.each([
    [
      'another size',
      imageFiles([5, 2, 3], [3, 3, 2]),
      'of 2x3 pixels, found a header that says 3x2',
    ],
    [
      'fewer channels',
      imageFiles([5, 2, 3, 3], [3, 2, 3]),
      'of 2x3 pixels and 3 channels, found a header that says 2x3',
    ],
    [
      'more channels',
      imageFiles([5, 2, 3], [3, 2, 3, 3]),
      'of 2x3 pixels, found a header that says 2x3x3',
    ],
  ])('are refused with test images of %s', async (_what, files, part) => {
    const folder = await idx.folderWith(files);
    await idx.expectUserError(loadOwn(folder), [join(folder, idx.testImagesName), part]);
  });

  test('are refused with a label past the last class', async () => {
    const folder = await idx.folderWith();
    await idx.expectUserError(loadOwn(folder, 9), [
      `${join(folder, idx.trainLabelsName)}: expected labels from 0 to 8, found 9 as label 4`,
      'Correct dataset.classes, or the file.',
    ]);
  });

  test('are refused with the training images as test images', async () => {
    const folder = await idx.folderWith({
      [idx.testImagesName]: idx.smallIdx[idx.trainImagesName],
      [idx.testLabelsName]: idx.smallIdx[idx.trainLabelsName],
    });
    await idx.expectUserError(loadOwn(folder), [
      join(folder, idx.testImagesName),
      'found the same contents',
    ]);
  });

  test('are refused if one is missing, which the error names', async () => {
    const folder = await idx.folderWith({ [idx.testLabelsName]: null });
    await idx.expectUserError(loadOwn(folder), [
      `${folder}: expected a file named ${idx.testLabelsName}`,
    ]);
  });
});
