import { join } from 'node:path';
import { UserError } from '../errors.js';
import { sha256Of } from '../files/checksum.js';
import { cifarImageShape, decodeRecords, recordBytes, type CifarLabels } from './cifar-records.js';
import { findCifarFolder, type CifarFolder } from './cifar-folder.js';
import { readContents } from './contents.js';
import { MAX_BYTES, type DataFile, type Dataset, type LoadedFiles, type Split } from './dataset.js';
import { fileSize } from './folder.js';
import { readSums } from './sums.js';

/** What files of records, without headers, must hold: the binary form of CIFAR-10 and CIFAR-100. */
export interface CifarFiles {
  /** As people write it: 'CIFAR-10'. */
  readonly title: string;
  readonly labels: CifarLabels;
  readonly trainFiles: readonly string[];
  readonly testFile: string;
  /** Images in a file. */
  readonly maxCount: number;
  /** What the user can do where a file is not what it should be. */
  readonly todo: string;
  readonly statusOf: (name: string, sha256: string) => DataFile['status'];
}

/** A data set that is published in this form. */
export interface CifarDataset
  extends
    Pick<CifarFiles, 'title' | 'labels' | 'trainFiles' | 'testFile'>,
    Pick<Dataset, 'name' | 'classes' | 'imageShape' | 'mean' | 'std'> {
  readonly folder: CifarFolder;
}

/** Bounds memory; the largest published file, CIFAR-100's train.bin, has exactly as many. */
const MAX_COUNT = 50_000;

/** A file that is there. */
interface SizedFile {
  readonly name: string;
  readonly path: string;
  /** In bytes: a whole number of records. */
  readonly size: number;
}

/**
 * The data set from a folder's files, checked: see loadCifarFiles. A file counts as verified if the
 * folder has a list of checksums with the file's: `bbits data get` writes one when it has unpacked
 * the published archive.
 *
 * @throws UserError that names the file, what was found and expected, and what to do.
 */
export async function loadCifarDataset(spec: CifarDataset, path: string): Promise<Dataset> {
  const names = [...spec.trainFiles, spec.testFile];
  const folder = await findCifarFolder(spec.folder, names, path);
  const sums = await readSums(folder);
  const loaded = await loadCifarFiles(
    {
      ...spec,
      maxCount: MAX_COUNT,
      todo: 'Get the file again, in the binary version.',
      statusOf: (name, sha256) => (sums.get(name) === sha256 ? 'verified' : 'unverified'),
    },
    folder,
  );
  const { name, classes, mean, std } = spec;
  return { name, ...loaded, classes, mean, std };
}

/**
 * Images and labels from a folder's files, checked: each one's size and labels, and that no two are
 * the same. Memory stays within the images of all files and twice the largest file.
 *
 * @throws UserError that names the file, what was found and expected, and what to do.
 */
export async function loadCifarFiles(spec: CifarFiles, folder: string): Promise<LoadedFiles> {
  const sized: SizedFile[] = [];
  for (const name of [...spec.trainFiles, spec.testFile]) {
    const path = join(folder, name);
    sized.push({ name, path, size: await checkedSize(spec, path) });
  }
  checkTotal(sized, spec, folder);
  const train = await loadSplit(spec, sized.slice(0, -1));
  const test = await loadSplit(spec, sized.slice(-1));
  const files = [...train.files, ...test.files];
  checkDifferent(files);
  return { train: train.split, test: test.split, imageShape: cifarImageShape, files };
}

/** The images of several files, in the order of the files. */
async function loadSplit(
  { title, labels, todo, statusOf }: CifarFiles,
  sized: readonly SizedFile[],
): Promise<{ split: Split; files: DataFile[] }> {
  // The sizes are known, so that the images are stored once, where they stay.
  const count = sized.reduce((sum, { size }) => sum + size, 0) / recordBytes(labels);
  const [height, width, channels] = cifarImageShape;
  const imageBytes = height * width * channels;
  const split = {
    images: new Uint8Array(count * imageBytes),
    labels: new Uint8Array(count),
    count,
  };

  const files: DataFile[] = [];
  let done = 0;
  for (const { name, path, size } of sized) {
    const contents = await readContents(path, `images of ${title}`, () => size);
    done += decodeRecords(
      { contents, path, labels, todo },
      split.images.subarray(done * imageBytes),
      split.labels.subarray(done),
    );
    const sha256 = sha256Of(contents);
    files.push({ name, path, bytes: contents.length, sha256, status: statusOf(name, sha256) });
  }
  return { split, files };
}

/** The file's size in bytes. @throws UserError if that is no whole number of records, or too many. */
async function checkedSize(
  { title, labels, maxCount, todo }: CifarFiles,
  path: string,
): Promise<number> {
  const size = await fileSize(path, `images of ${title}`);
  const record = recordBytes(labels);
  if (size > 0 && size % record === 0 && size <= maxCount * record) return size;
  throw new UserError(
    `${path}: expected 1 to ${maxCount} images of ${title} of ${record} bytes each, found ` +
      (size === 0 ? 'an empty file' : `${size} bytes`) +
      (size % record === 0 ? '' : ', which is no whole number of them') +
      `. ${todo}`,
  );
}

function checkTotal(sized: readonly SizedFile[], { title }: CifarFiles, folder: string): void {
  const total = sized.reduce((sum, { size }) => sum + size, 0);
  if (total <= MAX_BYTES) return;
  throw new UserError(
    `${folder}: expected at most ${MAX_BYTES} bytes in all files of ${title} together (2 GiB), found ` +
      `${total}. Use fewer images.`,
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
