import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { datasetShape, loadDataset, type DatasetConfig } from '../../src/data/load.js';
import { UserError } from '../../src/errors.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { cifarFolder, cifarImage, record, SMALL_CIFAR10 } from './cifar-files.js';
import {
  expectUserError,
  folderWith,
  header,
  labelsFile,
  NAMES,
  SMALL,
  TEST_IMAGES,
  TEST_LABELS,
  TRAIN_IMAGES,
  TRAIN_LABELS,
  writeFiles,
  type Files,
} from './idx-files.js';

const load = (path: string, classes = 10, rest: Partial<DatasetConfig> = {}) =>
  loadDataset({ ...rest, path, classes });

/** Image files with these dimensions, in the place of the small ones; pixels count up. */
function images(train: number[], test: number[], ...names: string[]): Files {
  const file = (dimensions: number[], first: number) => {
    const size = dimensions.reduce((product, n) => product * n, 1);
    return Buffer.concat([
      header(...dimensions),
      Uint8Array.from({ length: size }, (_, i) => first + i),
    ]);
  };
  const [trainName = TRAIN_IMAGES, testName = TEST_IMAGES] = names;
  return {
    [TRAIN_IMAGES]: null,
    [TEST_IMAGES]: null,
    [trainName]: file(train, 0),
    [testName]: file(test, 7),
  };
}

describe('IDX files', () => {
  test('of any size are a data set, named after its folder', async () => {
    const folder = await folderWith(images([5, 2, 3], [3, 2, 3]));
    const { train, test, files, ...rest } = await load(folder);
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
      NAMES.map((name) => [name, 'own']),
    );
  });

  test.each([[[]], [['train-images-idx4-ubyte', 't10k-images.idx4-ubyte']]])(
    'may have channels, under the names %s',
    async (names) => {
      const folder = await folderWith(images([5, 2, 3, 4], [3, 2, 3, 4], ...names));
      const { imageShape, mean, std, train } = await load(folder);
      expect({ imageShape, mean, std }).toEqual({
        imageShape: [2, 3, 4],
        mean: [0, 0, 0, 0],
        std: [1, 1, 1, 1],
      });
      expect(train.images).toHaveLength(120);
    },
  );

  test('may say that they have one channel, or not', async () => {
    const folder = await folderWith(images([5, 2, 3, 1], [3, 2, 3]));
    expect((await load(folder)).imageShape).toEqual([2, 3, 1]);
  });

  test('come back as they were written, raw or gzipped', async () => {
    const size = fc.integer({ min: 1, max: 5 });
    const shape = fc.tuple(size, size, fc.integer({ min: 1, max: 16 }));
    const property = fc.asyncProperty(
      shape,
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 5 }),
      fc.boolean(),
      async (imageShape, labels, gzipped) => {
        const pixels = imageShape.reduce((product, n) => product * n, 1);
        // One image for each label, all pixels as the label; the last label is the test image's, which
        // is unlike the first, as two files with the same contents are refused.
        const part = (values: number[]) =>
          Buffer.concat([
            header(values.length, ...imageShape),
            ...values.map((value) => Buffer.alloc(pixels, value)),
          ]);
        const [train, test] = [labels.slice(0, -1), labels.slice(-1)];
        const testPixel = ((train[0] ?? 0) + 1) % 256;
        const contents = [part(train), labelsFile(train), part([testPixel]), labelsFile(test)];
        const folder = await temporaryFolder();
        await writeFiles(
          folder,
          Object.fromEntries(
            NAMES.map((name, i) => {
              const bytes = contents[i] ?? Buffer.alloc(0);
              return gzipped ? [`${name}.gz`, gzipSync(bytes)] : [name, bytes];
            }),
          ),
        );
        const loaded = await load(folder, 256);
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
    ['another size', images([5, 2, 3], [3, 3, 2]), 'of 2x3 pixels, found a header that says 3x2'],
    [
      'fewer channels',
      images([5, 2, 3, 3], [3, 2, 3]),
      'of 2x3 pixels and 3 channels, found a header that says 2x3',
    ],
    [
      'more channels',
      images([5, 2, 3], [3, 2, 3, 3]),
      'of 2x3 pixels, found a header that says 2x3x3',
    ],
  ])('are refused with test images of %s', async (_what, files, part) => {
    const folder = await folderWith(files);
    await expectUserError(load(folder), [join(folder, TEST_IMAGES), part]);
  });

  test('are refused with a label past the last class', async () => {
    const folder = await folderWith();
    await expectUserError(load(folder, 9), [
      `${join(folder, TRAIN_LABELS)}: expected labels from 0 to 8, found 9 as label 4`,
      'Correct dataset.classes, or the file.',
    ]);
  });

  test('are refused with the images of training in both places', async () => {
    const folder = await folderWith({
      [TEST_IMAGES]: SMALL[TRAIN_IMAGES],
      [TEST_LABELS]: SMALL[TRAIN_LABELS],
    });
    await expectUserError(load(folder), [join(folder, TEST_IMAGES), 'found the same contents']);
  });

  test('are refused without one of them, which is named', async () => {
    const folder = await folderWith({ [TEST_LABELS]: null });
    await expectUserError(load(folder), [`${folder}: expected a file named ${TEST_LABELS}`]);
  });
});

describe('CIFAR files', () => {
  const batch = (...numbers: number[]) =>
    Buffer.concat(numbers.map((number) => record([number % 5], cifarImage(number))));

  test('are numbered batches, any number of them', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`data_batch_${i + 1}.bin`, batch(i + 1)]),
    );
    const folder = await cifarFolder({
      ...files,
      'test_batch.bin': batch(20, 21),
      notes: batch(3),
    });
    const { train, test, files: used, ...rest } = await load(folder, 5);
    expect(rest).toEqual({
      name: basename(folder),
      classes: 5,
      imageShape: [32, 32, 3],
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
    // In the order of the numbers, not of the alphabet.
    expect(Array.from(train.labels)).toEqual([1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2]);
    expect(Buffer.compare(train.images.subarray(9 * 3072, 10 * 3072), cifarImage(10))).toBe(0);
    expect(Array.from(test.labels)).toEqual([0, 1]);
    expect(new Set(used.map(({ status }) => status))).toEqual(new Set(['own']));
    expect(used[9]?.name).toBe('data_batch_10.bin');
  });

  test.each([
    ['one label', [3], [4]],
    ['two labels, of which the last one counts', [255, 3], [0, 4]],
  ])('are two files with %s', async (_what, train, test) => {
    const folder = await cifarFolder({
      'train.bin': Buffer.concat([record(train, cifarImage(1)), record(train, cifarImage(2))]),
      'test.bin': record(test, cifarImage(3)),
    });
    const loaded = await load(folder, 5);
    expect(Array.from(loaded.train.labels)).toEqual([3, 3]);
    expect(Array.from(loaded.test.labels)).toEqual([4]);
    expect(Buffer.compare(loaded.test.images, cifarImage(3))).toBe(0);
  });

  test.each([
    [
      'one that does not divide',
      record([1], cifarImage(1)).subarray(1),
      record([1], cifarImage(2)),
    ],
    ['one label here and two there', record([1], cifarImage(1)), record([1, 2], cifarImage(2))],
    ['none', new Uint8Array(0), new Uint8Array(0)],
  ])('are refused if the sizes do not tell the labels: %s', async (_what, train, test) => {
    const folder = await cifarFolder({ 'train.bin': train, 'test.bin': test });
    await expectUserError(load(folder), [
      join(folder, 'train.bin'),
      'of 3073 bytes each with one label or of 3074 with two',
      `found ${train.length} bytes in ${join(folder, 'train.bin')} and ${test.length} bytes in`,
      'fits neither',
    ]);
  });

  test('are refused if the sizes fit one label and two', async () => {
    const both = Buffer.alloc(3073 * 3074);
    const folder = await cifarFolder({ 'train.bin': both, 'test.bin': both });
    await expectUserError(load(folder), ['which fits both', 'Add an image']);
  });

  test.each([
    ['a gap', { 'data_batch_2.bin': null }, 'expected data_batch_2.bin, which is not there'],
    ['numbers from 0', { 'data_batch_0.bin': batch(9) }, 'expected data_batch_6.bin, which is not'],
    [
      'leading zeros',
      { 'data_batch_1.bin': null, 'data_batch_01.bin': batch(9) },
      'expected data_batch_1.bin',
    ],
    ['no test files', { 'test_batch.bin': null }, 'expected test_batch.bin, which is not there'],
    ['both kinds', { 'train.bin': batch(8) }, 'found both'],
    [
      'a copy',
      { 'data_batch_2.bin': SMALL_CIFAR10['data_batch_1.bin'] ?? null },
      'the same contents',
    ],
    [
      'a label past the last class',
      { 'data_batch_3.bin': record([10], cifarImage(9)) },
      'expected a label from 0 to 9, found 10 in record 0 (counted from 0). Check dataset.classes',
    ],
  ])('are refused with %s', async (_what, changes, part) => {
    const folder = await cifarFolder({ ...SMALL_CIFAR10, ...changes });
    await expectUserError(load(folder), [folder, part]);
  });

  test('are not verified by a list of checksums that somebody put there', async () => {
    const folder = await cifarFolder({ ...SMALL_CIFAR10, SHA256SUMS: Buffer.from('') });
    expect((await load(folder)).files.map(({ status }) => status)).toEqual(Array(6).fill('own'));
  });
});

describe('a folder of something else', () => {
  const kinds = [
    'train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte',
    'data_batch_1.bin and so on with test_batch.bin, or train.bin with test.bin',
    'datasets/README.md',
  ];

  test.each([
    ['pictures', ['cat1.png', 'cat2.png'], 'found cat1.png, cat2.png.'],
    ['nothing', [], 'found an empty folder'],
    [
      'both kinds of files',
      ['train.bin', TRAIN_IMAGES],
      `found files of both kinds (${['train.bin', TRAIN_IMAGES].sort().join(', ')})`,
    ],
  ])('gets an error that names both forms: %s', async (_what, names, found) => {
    const folder = await cifarFolder(Object.fromEntries(names.map((name) => [name, Buffer.of(1)])));
    await expectUserError(load(folder), [`${folder}: expected a data set`, found, ...kinds]);
  });

  test('that is not there, or no folder', async () => {
    const folder = await folderWith();
    await expectUserError(load(join(folder, 'x')), [join(folder, 'x'), 'nothing of that name']);
    const file = join(folder, TRAIN_IMAGES);
    await expectUserError(load(file), [file, 'not a folder']);
  });
});

describe('means and deviations', () => {
  test('are those that are given', async () => {
    const folder = await cifarFolder(SMALL_CIFAR10);
    const { mean, std } = await load(folder, 10, { mean: [0.1, 0.2, 0.3], std: [0.5, 0.5, 1] });
    expect({ mean, std }).toEqual({ mean: [0.1, 0.2, 0.3], std: [0.5, 0.5, 1] });
  });

  test.each([
    ['mean', [0.5], 'found 1 number.'],
    ['std', [0.5, 0.5, 0.5, 0.5], 'found 4 numbers.'],
  ])('%s is one for each channel', async (key, values, found) => {
    const folder = await cifarFolder(SMALL_CIFAR10);
    const error: unknown = await load(folder, 10, { [key]: values }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      exitCode: 2,
      message: `dataset.${key}: expected 3 numbers, one for each channel of the 32x32x3 images in ${folder}, ${found}`,
    });
  });
});

describe('the shape of a data set', () => {
  test('with a name needs no files', async () => {
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

  test('of one’s own is that of its files', async () => {
    const path = await folderWith(images([5, 2, 3], [3, 2, 3]));
    expect(await datasetShape({ path, classes: 11 })).toEqual({
      name: basename(path),
      classes: 11,
      imageShape: [2, 3, 1],
    });
    await expectUserError(datasetShape({ path: join(path, 'x'), classes: 11 }), [
      'nothing of that name',
    ]);
  });
});

test('a relative folder starts at the current one', async () => {
  const folder = await folderWith();
  const before = process.cwd();
  process.chdir(dirname(folder));
  onTestFinished(() => {
    process.chdir(before);
  });
  expect((await load(basename(folder))).files[0]?.path).toBe(
    join(process.cwd(), basename(folder), TRAIN_IMAGES),
  );
});
