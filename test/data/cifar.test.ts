import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cropAndFlip } from '../../src/data/crop-and-flip.js';
import { loadDataset } from '../../src/data/load.js';
import { writeSums } from '../../src/data/sums.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { cifar10Names, cifarFolder, cifarImage, record, smallCifar10 } from './cifar-files.js';
import { expectUserError } from './idx-files.js';

const load = (path?: string) => loadDataset({ name: 'cifar10', path });
const load100 = (path?: string) => loadDataset({ name: 'cifar100', path });
const smallCifar100 = {
  'train.bin': Buffer.concat([record([19, 99], cifarImage(1)), record([0, 42], cifarImage(2))]),
  'test.bin': record([7, 0], cifarImage(3)),
};

describe('CIFAR-10', () => {
  test('is read with channels last, file by file, with the published normalization', async () => {
    const { train, test, files, ...rest } = await load(await cifarFolder(smallCifar10));
    expect(rest).toEqual({
      name: 'cifar10',
      imageShape: [32, 32, 3],
      classes: 10,
      mean: [0.4914, 0.4822, 0.4465],
      std: [0.2023, 0.1994, 0.201],
      augmentation: cropAndFlip,
    });
    expect([train.count, test.count]).toEqual([6, 3]);
    expect(Array.from(train.labels)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(Array.from(test.labels)).toEqual([7, 8, 9]);
    const images = (numbers: number[]) => Buffer.concat(numbers.map(cifarImage));
    expect(Buffer.compare(train.images, images([1, 2, 3, 4, 5, 6]))).toBe(0);
    expect(Buffer.compare(test.images, images([7, 8, 9]))).toBe(0);
    expect(files.map(({ name }) => name)).toEqual(cifar10Names);
    for (const { name, bytes, sha256, status } of files) {
      const contents = smallCifar10[name] ?? Buffer.alloc(0);
      expect(sha256).toBe(createHash('sha256').update(contents).digest('hex'));
      expect([bytes, status]).toEqual([contents.length, 'unverified']);
    }
  });

  test('is also found in the archive’s folder, and without a path in datasets/cifar10', async () => {
    const folder = await cifarFolder(smallCifar10, 'cifar-10-batches-bin');
    const before = process.cwd();
    const here = await temporaryFolder();
    process.chdir(here);
    onTestFinished(() => {
      process.chdir(before);
    });
    const local = join(process.cwd(), 'datasets', 'cifar10');
    await expectUserError(load(), [local, 'it does not exist', 'cifar-10-binary.tar.gz']);
    await mkdir('datasets');
    await symlink(folder, local);
    const { files, train } = await load();
    expect(train.count).toBe(6);
    expect(files[0]?.path).toBe(join(local, 'cifar-10-batches-bin', 'data_batch_1.bin'));
  });

  test('any truncation not at the end of a record is a UserError', async () => {
    const name = fc.constantFrom(...cifar10Names);
    const property = fc.asyncProperty(name, fc.nat(), async (cut, length) => {
      const whole = smallCifar10[cut] ?? Buffer.alloc(0);
      const kept = whole.subarray(0, length % whole.length);
      fc.pre(kept.length === 0 || kept.length % 3073 !== 0);
      const folder = await cifarFolder({ ...smallCifar10, [cut]: kept });
      const size = kept.length === 0 ? 'an empty file' : `${kept.length} bytes`;
      await expectUserError(load(folder), [join(folder, cut), 'of 3073 bytes', `found ${size}`]);
    });
    await fc.assert(property, { numRuns: 40 });
  });
});

describe('CIFAR-100', () => {
  test('has the 100 fine labels', async () => {
    const folder = await cifarFolder(smallCifar100, 'cifar-100-binary');
    const { name, train, test, classes, imageShape, files } = await load100(folder);
    expect([name, classes, imageShape]).toEqual(['cifar100', 100, [32, 32, 3]]);
    expect([...train.labels, ...test.labels]).toEqual([99, 42, 0]);
    expect(Buffer.compare(train.images, Buffer.concat([cifarImage(1), cifarImage(2)]))).toBe(0);
    expect(Buffer.compare(test.images, cifarImage(3))).toBe(0);
    expect(files.map((file) => file.name)).toEqual(['train.bin', 'test.bin']);
  });

  test.each([
    ['coarse label from 0 to 19, found 20 in record 1', [20, 0]],
    ['fine label from 0 to 99, found 100 in record 1', [0, 100]],
  ])('is refused with a label out of range: %s', async (message, labels) => {
    const contents = Buffer.concat([record([0, 0], cifarImage(1)), record(labels, cifarImage(2))]);
    const folder = await cifarFolder({ ...smallCifar100, 'train.bin': contents });
    await expectUserError(load100(folder), [join(folder, 'train.bin'), message]);
  });

  test('is refused in CIFAR-10’s format', async () => {
    const contents = record([5], cifarImage(1));
    const folder = await cifarFolder({ ...smallCifar100, 'test.bin': contents });
    await expectUserError(load100(folder), [
      'of 3074 bytes',
      'found 3073 bytes',
      'not a whole number of images',
    ]);
  });
});

describe('a version other than the binary one is refused', () => {
  test.each([
    ['the Python version', ['cifar-10-batches-py'], 'CIFAR-10 for Python'],
    ['its files', ['data_batch_1', 'test_batch', 'batches.meta'], 'CIFAR-10 for Python'],
    ['its archive', ['cifar-10-python.tar.gz'], 'CIFAR-10 for Python'],
    ['the Matlab version', ['data_batch_1.mat'], 'CIFAR-10 for Matlab'],
    ['pictures', ['cat.png', 'dog.png'], 'found cat.png, dog.png'],
    ['nothing', [], 'found an empty folder'],
  ])('%s', async (_, names, found) => {
    const folder = await cifarFolder(Object.fromEntries(names.map((name) => [name, Buffer.of(1)])));
    await expectUserError(load(folder), [
      `${folder}: expected ${cifar10Names.join(', ')}`,
      found,
      'Get the binary version, cifar-10-binary.tar.gz',
      'unpack it there',
      'To download it: bbits data get cifar10',
    ]);
  });

  test('the packed archive', async () => {
    const folder = await cifarFolder({ 'cifar-10-binary.tar.gz': Buffer.of(1) });
    const archive = join(folder, 'cifar-10-binary.tar.gz');
    await expectUserError(load(folder), [`Unpack it there: tar -xzf ${archive} -C ${folder}`]);
    await expectUserError(load(archive), [archive, 'not a folder', 'unpack it']);
  });

  test('CIFAR-100 for Python', async () => {
    const folder = await cifarFolder({ train: Buffer.of(1), test: Buffer.of(1) });
    await expectUserError(load100(folder), ['CIFAR-100 for Python', 'cifar-100-binary.tar.gz']);
  });
});

describe('damage', () => {
  test('a file with any flipped bit is an error, or no longer verified', async () => {
    const name = fc.constantFrom(...cifar10Names);
    const folder = await cifarFolder(smallCifar10);
    await writeSums(folder, cifar10Names);
    const property = fc.asyncProperty(name, fc.nat(), async (damaged, at) => {
      const bytes = Buffer.from(smallCifar10[damaged] ?? '');
      const bit = at % (8 * bytes.length);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const path = join(folder, damaged);
      await writeFile(path, bytes);
      const isLabel = (bit >> 3) % 3073 === 0;
      if (isLabel && (bytes[bit >> 3] ?? 0) > 9) {
        await expectUserError(load(folder), [path, 'label from 0 to 9']);
      } else {
        const { files } = await load(folder);
        const verified = files.filter(({ status }) => status === 'verified');
        expect(verified.map((file) => file.name)).toEqual(
          cifar10Names.filter((other) => other !== damaged),
        );
      }
      await writeFile(path, smallCifar10[damaged] ?? '');
    });
    // Random bits rarely hit labels: one byte in 3073 is one.
    const examples: [string, number][] = [0, 2, 3, 7].map((bit) => ['data_batch_1.bin', bit]);
    await fc.assert(property, { numRuns: 60, examples });
  });

  test.each(cifar10Names)('a missing %s is an error', async (name) => {
    const folder = await cifarFolder({ ...smallCifar10, [name]: null }, 'cifar-10-batches-bin');
    await expectUserError(load(folder), [
      `${join(folder, 'cifar-10-batches-bin')}: expected ${name}, which is not there`,
    ]);
  });

  test('a label past the last class is an error', async () => {
    const contents = Buffer.concat([record([9], cifarImage(1)), record([10], cifarImage(2))]);
    const folder = await cifarFolder({ ...smallCifar10, 'data_batch_3.bin': contents });
    await expectUserError(load(folder), [
      join(folder, 'data_batch_3.bin'),
      'label from 0 to 9, found 10 in record 1',
    ]);
  });

  test.each(['data_batch_4.bin', 'test_batch.bin'])(
    '%s that equals another file is an error',
    async (name) => {
      const contents = smallCifar10['data_batch_2.bin'] ?? null;
      const folder = await cifarFolder({ ...smallCifar10, [name]: contents });
      await expectUserError(load(folder), [join(folder, name), 'data_batch_2.bin', 'the same']);
    },
  );

  test('a folder, a named pipe or a dangling link in place of a file is an error', async () => {
    const name = 'test_batch.bin';
    const folder = await cifarFolder({ ...smallCifar10, [name]: null });
    const path = join(folder, name);
    await symlink('nowhere', path);
    await expectUserError(load(folder), [path, 'it does not exist']);
    await rm(path);
    execFileSync('mkfifo', [path]);
    await expectUserError(load(folder), [path, 'not a regular file']);
    await rm(path);
    await mkdir(path);
    await expectUserError(load(folder), [path, 'not a regular file']);
  });
});
