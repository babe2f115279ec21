import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { cifarImageShape, decodeRecords, recordBytes, type CifarLabels } from './cifar-records.js';
import { findCifarFolder, type CifarFolder } from './cifar-folder.js';
import { readContents } from './contents.js';
import type { DataFile, Dataset, Split } from './dataset.js';
import { fileSize } from './folder.js';

/** A data set in the binary form of CIFAR-10 and CIFAR-100: files of records, without headers. */
export interface CifarDataset extends Pick<Dataset, 'name' | 'classes' | 'mean' | 'std'> {
  /** As people write it: 'CIFAR-10'. */
  readonly title: string;
  readonly labels: CifarLabels;
  readonly trainFiles: readonly string[];
  readonly testFile: string;
  readonly folder: CifarFolder;
}

/** Bounds memory; the largest published file, CIFAR-100's train.bin, has exactly as many. */
const MAX_COUNT = 50_000;

interface Part {
  readonly split: Split;
  readonly files: readonly DataFile[];
}

/**
 * The data set from a folder's files, checked: each one's size and labels, and that no two are the
 * same. A file may have fewer images than the published one. Memory stays within the images of all
 * files and twice the largest file.
 *
 * The published contents are not known to this program, so no file is recorded as verified.
 *
 * @throws UserError that names the file, what was found and expected, and what to do.
 */
export async function loadCifarDataset(spec: CifarDataset, path: string): Promise<Dataset> {
  const names = [...spec.trainFiles, spec.testFile];
  const folder = await findCifarFolder(spec.folder, names, path);
  const train = await loadFiles(spec, folder, spec.trainFiles);
  const test = await loadFiles(spec, folder, [spec.testFile]);
  const files = [...train.files, ...test.files];
  checkDifferent(files);
  return {
    name: spec.name,
    train: train.split,
    test: test.split,
    imageShape: cifarImageShape,
    classes: spec.classes,
    files,
    mean: spec.mean,
    std: spec.std,
    cropPadding: 4,
  };
}

/** The images of several files, in the order of the files. */
async function loadFiles(
  spec: CifarDataset,
  folder: string,
  names: readonly string[],
): Promise<Part> {
  // All sizes come first, so that the images are stored once, where they stay.
  const sizes: number[] = [];
  for (const name of names) sizes.push(await checkedSize(spec, join(folder, name)));
  const count = sizes.reduce((sum, size) => sum + size, 0) / recordBytes(spec.labels);
  const [height, width, channels] = cifarImageShape;
  const imageBytes = height * width * channels;
  const split = {
    images: new Uint8Array(count * imageBytes),
    labels: new Uint8Array(count),
    count,
  };

  const files: DataFile[] = [];
  let done = 0;
  for (const [i, name] of names.entries()) {
    const path = join(folder, name);
    const contents = await readContents(path, `images of ${spec.title}`, () => sizes[i] as number);
    done += decodeRecords(
      { contents, path, labels: spec.labels },
      split.images.subarray(done * imageBytes),
      split.labels.subarray(done),
    );
    const sha256 = createHash('sha256').update(contents).digest('hex');
    files.push({ name, path, bytes: contents.length, sha256, status: 'unverified' });
  }
  return { split, files };
}

/** The file's size in bytes. @throws UserError if that is no whole number of records, or too many. */
async function checkedSize({ title, labels }: CifarDataset, path: string): Promise<number> {
  const size = await fileSize(path, `images of ${title}`);
  const record = recordBytes(labels);
  if (size > 0 && size % record === 0 && size <= MAX_COUNT * record) return size;
  throw new UserError(
    `${path}: expected 1 to ${MAX_COUNT} images of ${title} of ${record} bytes each, found ` +
      (size === 0 ? 'an empty file' : `${size} bytes`) +
      (size % record === 0 ? '' : ', which is no whole number of them') +
      '. Get the file again, in the binary version.',
  );
}

/** One file copied over another would train on images twice, or test on what was trained on. */
function checkDifferent(files: readonly DataFile[]): void {
  for (const [i, file] of files.entries()) {
    const twin = files.slice(0, i).find(({ sha256 }) => sha256 === file.sha256);
    if (!twin) continue;
    throw new UserError(
      `${file.path}: expected other images than in ${twin.name}, found the same contents. One looks ` +
        `copied over the other: get both files again.`,
    );
  }
}
