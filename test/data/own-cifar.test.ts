import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cifarFolder, cifarImage, record, smallCifar10 } from './cifar-files.js';
import { expectUserError } from './idx-files.js';
import { loadOwn } from './own-files.js';

describe('CIFAR files', () => {
  const batch = (...numbers: number[]) =>
    Buffer.concat(numbers.map((number) => record([number % 5], cifarImage(number))));

  test('are any number of numbered batches', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`data_batch_${i + 1}.bin`, batch(i + 1)]),
    );
    const folder = await cifarFolder({
      ...files,
      'test_batch.bin': batch(20, 21),
      notes: batch(3),
    });
    const { train, test, files: used, ...rest } = await loadOwn(folder, 5);
    expect(rest).toEqual({
      name: basename(folder),
      classes: 5,
      imageShape: [32, 32, 3],
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
    // In numerical, not alphabetical order.
    expect(Array.from(train.labels)).toEqual([1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2]);
    expect(Buffer.compare(train.images.subarray(9 * 3072, 10 * 3072), cifarImage(10))).toBe(0);
    expect(Array.from(test.labels)).toEqual([0, 1]);
    expect(new Set(used.map(({ status }) => status))).toEqual(new Set(['own']));
    expect(used[9]?.name).toBe('data_batch_10.bin');
  });

  test.each([
    ['one label', [3], [4]],
    ['two labels, of which the last one is used', [255, 3], [0, 4]],
  ])('may be two files with %s', async (_what, train, test) => {
    const folder = await cifarFolder({
      'train.bin': Buffer.concat([record(train, cifarImage(1)), record(train, cifarImage(2))]),
      'test.bin': record(test, cifarImage(3)),
    });
    const loaded = await loadOwn(folder, 5);
    expect(Array.from(loaded.train.labels)).toEqual([3, 3]);
    expect(Array.from(loaded.test.labels)).toEqual([4]);
    expect(Buffer.compare(loaded.test.images, cifarImage(3))).toBe(0);
  });

  test.each([
    [
      'a size that is no multiple',
      record([1], cifarImage(1)).subarray(1),
      record([1], cifarImage(2)),
    ],
    ['one label here and two there', record([1], cifarImage(1)), record([1, 2], cifarImage(2))],
    ['none', new Uint8Array(0), new Uint8Array(0)],
  ])('are refused if their sizes do not fit a number of labels: %s', async (_what, train, test) => {
    const folder = await cifarFolder({ 'train.bin': train, 'test.bin': test });
    await expectUserError(loadOwn(folder), [
      join(folder, 'train.bin'),
      'of 3073 bytes each with one label or of 3074 with two',
      `found ${train.length} bytes in ${join(folder, 'train.bin')} and ${test.length} bytes in`,
      'fits neither',
    ]);
  });

  test('are refused if their sizes fit both one and two labels', async () => {
    const both = Buffer.alloc(3073 * 3074);
    const folder = await cifarFolder({ 'train.bin': both, 'test.bin': both });
    await expectUserError(loadOwn(folder), ['which fits both', 'Add an image']);
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
      { 'data_batch_2.bin': smallCifar10['data_batch_1.bin'] ?? null },
      'the same contents',
    ],
    [
      'a label past the last class',
      { 'data_batch_3.bin': record([10], cifarImage(9)) },
      'expected a label from 0 to 9, found 10 in record 0 (counted from 0). Check dataset.classes',
    ],
  ])('are refused with %s', async (_what, changes, part) => {
    const folder = await cifarFolder({ ...smallCifar10, ...changes });
    await expectUserError(loadOwn(folder), [folder, part]);
  });

  test('are not verified by a list of checksums in their folder', async () => {
    const folder = await cifarFolder({ ...smallCifar10, SHA256SUMS: Buffer.from('') });
    expect((await loadOwn(folder)).files.map(({ status }) => status)).toEqual(Array(6).fill('own'));
  });
});
