import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { UserError } from '../../src/errors.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

export const trainImagesName = 'train-images-idx3-ubyte';
export const trainLabelsName = 'train-labels-idx1-ubyte';
export const testImagesName = 't10k-images-idx3-ubyte';
export const testLabelsName = 't10k-labels-idx1-ubyte';
export const idxNames = [trainImagesName, trainLabelsName, testImagesName, testLabelsName] as const;

/** File contents by name; null for a missing file. */
export type Files = Readonly<Record<string, Uint8Array | null>>;

/** An IDX header of unsigned bytes with these dimensions. */
export function header(...dimensions: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * dimensions.length);
  bytes.writeUInt32BE(0x0800 + dimensions.length, 0);
  dimensions.forEach((size, i) => bytes.writeUInt32BE(size, 4 + 4 * i));
  return bytes;
}

/** An IDX file of 28x28 images whose pixels count up from `first`, modulo 256. */
export function imagesFile(count: number, first = 0): Buffer {
  const pixels = Uint8Array.from({ length: count * 784 }, (_, i) => first + i);
  return Buffer.concat([header(count, 28, 28), pixels]);
}

export function labelsFile(labels: readonly number[]): Buffer {
  return Buffer.concat([header(labels.length), Uint8Array.from(labels)]);
}

/** Five training and three test images. */
export const smallIdx: Readonly<Record<(typeof idxNames)[number], Buffer>> = {
  [trainImagesName]: imagesFile(5),
  [trainLabelsName]: labelsFile([5, 0, 4, 1, 9]),
  [testImagesName]: imagesFile(3, 100),
  [testLabelsName]: labelsFile([7, 2, 1]),
};

/** A folder with the small data set's files, with some replaced, added or removed. */
export async function folderWith(changes: Files = {}): Promise<string> {
  const folder = await temporaryFolder();
  await writeFiles(folder, { ...smallIdx, ...changes });
  return folder;
}

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [name, contents] of Object.entries(files)) {
    if (contents) await writeFile(join(folder, name), contents);
  }
}

/** Expect a UserError with exit code 1 and a one-line message that contains all these parts. */
export async function expectUserError(work: Promise<unknown>, parts: string[]): Promise<void> {
  const error = await work.then(
    () => new Error('There was no error.'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw error;
  expect(error.exitCode).toBe(1);
  expect(error.message).not.toContain('\n');
  for (const part of parts) expect(error.message).toContain(part);
}
