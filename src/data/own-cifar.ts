import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import type { CifarFiles } from './cifar.js';
import { recordBytes, type CifarLabels } from './cifar-records.js';
import { mostBytes } from './dataset.js';
import { fileSize, listed } from './folder.js';

const batchName = /^data_batch_\d+\.bin$/;
const wholeNames = ['train.bin', 'test.bin'] as const;
const testBatch = 'test_batch.bin';

/** Whether a file of this name belongs to a data set in the binary format of CIFAR-10 or CIFAR-100. */
export function isCifarName(name: string): boolean {
  return batchName.test(name) || [testBatch, ...wholeNames].includes(name);
}

/**
 * The files of a folder in the format of CIFAR-10 (numbered batches, one label per image) or CIFAR-100 (two
 * files; one or two labels per image, as the file sizes tell; the last label is used).
 *
 * @throws UserError if a file is missing, or the sizes do not determine the number of labels
 */
export async function ownCifarFiles(
  folder: string,
  entries: readonly Dirent[],
  title: string,
  classes: number,
): Promise<CifarFiles> {
  const names = entries.map(({ name }) => name).filter(isCifarName);
  const batches = names.filter((name) => batchName.test(name));
  const isWhole = wholeNames.some((name) => names.includes(name));
  if (isWhole && (batches.length > 0 || names.includes(testBatch))) {
    throw new UserError(
      `${folder}: expected either numbered batches (data_batch_1.bin and so on with ${testBatch}) or ` +
        `${wholeNames.join(' with ')}, found both. Move one kind to a folder of its own.`,
    );
  }
  const trainFiles = isWhole
    ? ['train.bin']
    : Array.from({ length: Math.max(1, batches.length) }, (_, i) => `data_batch_${i + 1}.bin`);
  const testFile = isWhole ? 'test.bin' : testBatch;
  checkAllThere(folder, entries, names, [...trainFiles, testFile]);

  const last = { what: 'label', classes };
  const one: CifarLabels = [last];
  // The coarse label may be any byte: the number of coarse classes is not given.
  const two: CifarLabels = [{ what: 'first label', classes: 256 }, last];
  const paths = [...trainFiles, testFile].map((name) => join(folder, name));
  const labels = isWhole && (await haveTwoLabels(title, paths, one, two)) ? two : one;
  return {
    title,
    labels,
    trainFiles,
    testFile,
    maxCount: Math.floor(mostBytes / recordBytes(labels)),
    todo: 'Check dataset.classes, and how the file was made: datasets/README.md describes the format.',
    statusOf: () => 'own',
  };
}

function checkAllThere(
  folder: string,
  entries: readonly Dirent[],
  found: readonly string[],
  expected: readonly string[],
): void {
  const missing = expected.filter((name) => !found.includes(name));
  if (missing.length === 0) return;
  const numbered = expected.length > 2 || batchName.test(expected[0] ?? '');
  throw new UserError(
    `${folder}: expected ${missing.slice(0, 8).join(', ')}${missing.length > 8 ? ' and more' : ''}, ` +
      `which ${missing.length === 1 ? 'is' : 'are'} not there; found ${listed(entries)}. Put the ` +
      `missing files there${numbered ? '; batches are numbered from 1 without gaps' : ''}.`,
  );
}

/** Derive the number of labels from the sizes, which are integer numbers of one kind of record. */
async function haveTwoLabels(
  title: string,
  paths: readonly string[],
  one: CifarLabels,
  two: CifarLabels,
): Promise<boolean> {
  const sizes: number[] = [];
  for (const path of paths) sizes.push(await fileSize(path, `images of ${title}`));
  const fits = (labels: CifarLabels) =>
    sizes.every((size) => size > 0 && size % recordBytes(labels) === 0);
  if (fits(one) !== fits(two)) return fits(two);
  const found = paths.map((path, i) => `${sizes[i] ?? 0} bytes in ${path}`).join(' and ');
  throw new UserError(
    `${paths.join(' and ')}: expected whole records of 32x32x3 images, of ${recordBytes(one)} bytes ` +
      `each with one label or of ${recordBytes(two)} with two, found ${found}, which ` +
      (fits(one)
        ? 'fits both. Add an image, or leave one out.'
        : 'fits neither. Make the files again: datasets/README.md describes the format.'),
  );
}
