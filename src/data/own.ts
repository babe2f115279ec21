import type { Dirent } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { loadCifarFiles } from './cifar.js';
import type { Dataset, LoadedFiles } from './dataset.js';
import { listed, readFolder } from './folder.js';
import { loadIdxFiles } from './idx-dataset.js';
import { isCifarName, ownCifarFiles } from './own-cifar.js';

/** The user's own data set: files in a format in which data sets are published. */
export interface OwnDatasetConfig {
  /** The folder of the files. */
  readonly path: string;
  /** From 2 to 256. */
  readonly classes: number;
  /** One for each channel, for pixels scaled to [0, 1]; default 0 and 1. */
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
}

/** Bounds the memory that images take besides their pixels. */
const maxCount = 10_000_000;

const idxName = /^(train|t10k)-(images|labels)[-.]idx\d-ubyte(\.gz)?$/;

/**
 * Load the data set in a folder, named after the folder. The file names decide whether the format is IDX, as
 * for MNIST, or records, as for CIFAR.
 *
 * @throws UserError naming the file, what was found, what was expected and what to do; with exit code 2 if
 *   the number of means or deviations is wrong
 */
export async function loadOwnDataset(config: OwnDatasetConfig): Promise<Dataset> {
  const folder = resolve(config.path);
  const loaded = await loadFiles(config, folder);
  const { imageShape } = loaded;
  return {
    name: nameOf(folder),
    ...loaded,
    classes: config.classes,
    mean: perChannel('mean', config.mean, 0, imageShape, folder),
    std: perChannel('std', config.std, 1, imageShape, folder),
  };
}

async function loadFiles({ classes }: OwnDatasetConfig, folder: string): Promise<LoadedFiles> {
  const title = nameOf(folder);
  const entries = await readFolder(folder, 'the files of a data set');
  const isIdx = entries.some(({ name }) => idxName.test(name));
  const isCifar = entries.some(({ name }) => isCifarName(name));
  if (isIdx === isCifar) throw unrecognized(folder, entries, isIdx);
  if (isCifar) return loadCifarFiles(await ownCifarFiles(folder, entries, title, classes), folder);
  return loadIdxFiles(
    {
      title,
      todo: 'Check dataset.path.',
      classes,
      imageShape: undefined,
      maxCount,
      sha256: undefined,
    },
    folder,
  );
}

function nameOf(folder: string): string {
  return basename(folder) || folder;
}

function unrecognized(folder: string, entries: readonly Dirent[], isBoth: boolean): UserError {
  const found = isBoth ? `files of both kinds (${listed(entries)})` : listed(entries);
  return new UserError(
    `${folder}: expected a data set, either as IDX files (train-images-idx3-ubyte, ` +
      'train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each optionally with ' +
      '.gz) or in the binary format of CIFAR (data_batch_1.bin and so on with test_batch.bin, or ' +
      `train.bin with test.bin), found ${found}. Convert the images to one of these formats, which ` +
      'datasets/README.md describes, or check dataset.path.',
  );
}

/** One value for each channel. */
function perChannel(
  key: 'mean' | 'std',
  given: readonly number[] | undefined,
  usual: number,
  [height, width, channels]: Dataset['imageShape'],
  folder: string,
): readonly number[] {
  if (given === undefined) return Array<number>(channels).fill(usual);
  if (given.length === channels) return given;
  const numbers = (count: number) => `${count} ${count === 1 ? 'number' : 'numbers'}`;
  throw new UserError(
    `dataset.${key}: expected ${numbers(channels)}, one for each channel of the ` +
      `${height}x${width}x${channels} images in ${folder}, found ${numbers(given.length)}.`,
    2,
  );
}
