import { join, resolve } from 'node:path';
import type { DataFile, Dataset, Split } from '../../src/data/dataset.js';
import type { NamedDataset } from '../../src/data/datasets/named-dataset.js';
import { UserError } from '../../src/errors.js';
import { sha256Of } from '../../src/files/checksum.js';
import { readBounded } from '../../src/files/read-bounded.js';

const shape = { name: 'optdigits', classes: 10, imageShape: [8, 8, 1] } as const;

/** Optical Recognition of Handwritten Digits (UCI): each line is an image of 64 pixels and its class. */
export const optdigits: NamedDataset = {
  shape,
  async load(path = 'datasets/optdigits'): Promise<Dataset> {
    const folder = resolve(path);
    const train = await readLines(folder, 'optdigits.tra');
    const test = await readLines(folder, 'optdigits.tes');
    const files = [train.file, test.file];
    return { ...shape, train: train.split, test: test.split, files, mean: [0], std: [1] };
  },
};

async function readLines(folder: string, name: string): Promise<{ split: Split; file: DataFile }> {
  const path = join(folder, name);
  const contents = await readBounded(path, 2 ** 24);
  if (!contents) throw new UserError(`${path}: expected images of optdigits, found no such file.`);
  const lines = contents.toString('latin1').trimEnd().split('\n');
  const split = {
    images: new Uint8Array(64 * lines.length),
    labels: new Uint8Array(lines.length),
    count: lines.length,
  };
  lines.forEach((line, index) => {
    const numbers = line.split(',').map(Number);
    const label = numbers.pop() ?? NaN;
    const isImage = numbers.length === 64 && numbers.every((pixel) => pixel >= 0 && pixel <= 16);
    if (!isImage || !(label >= 0 && label < 10)) {
      throw new UserError(
        `${path}:${index + 1}: expected 64 pixels from 0 to 16 and a digit, found ` +
          `"${line.slice(0, 40)}". Get the file again.`,
      );
    }
    split.images.set(
      numbers.map((pixel) => (255 / 16) * pixel),
      64 * index,
    );
    split.labels[index] = label;
  });
  const sha256 = sha256Of(contents);
  return { split, file: { name, path, bytes: contents.length, sha256, status: 'unverified' } };
}
