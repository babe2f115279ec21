import { join } from 'node:path';
import { UserError } from '../errors.js';
import { sha256Of } from '../files/checksum.js';
import { cifarImageShape, decodeRecords, recordBytes, type CifarLabels } from './cifar-records.js';
import { findCifarFolder, type CifarFolder } from './cifar-folder.js';
import { readContents } from './contents.js';
import { mostBytes, type DataFile, type Dataset, type LoadedFiles, type Split } from './dataset.js';
import { fileSize } from './folder.js';
import { readSums } from './sums.js';

/** The required contents of headerless record files: the binary versions of CIFAR-10 and CIFAR-100. */
export interface CifarFiles {
  /** The name in prose, such as 'CIFAR-10'. */
  readonly title: string;
  readonly labels: CifarLabels;
  readonly trainFiles: readonly string[];
  readonly testFile: string;
  /** Maximum number of images in a file. */
  readonly maxCount: number;
  /** Advice to the user if a file is invalid. */
  readonly todo: string;
  readonly statusOf: (name: string, sha256: string) => DataFile['status'];
}

/** A data set published in this format. */
export interface CifarDataset
  extends
    Pick<CifarFiles, 'title' | 'labels' | 'trainFiles' | 'testFile'>,
    Pick<Dataset, 'name' | 'classes' | 'imageShape' | 'mean' | 'std'> {
  readonly folder: CifarFolder;
}

/** Bounds memory. CIFAR-100's train.bin, the largest published file, has exactly this many. */
const maxCount = 50_000;

/** An existing file. */
interface SizedFile {
  readonly name: string;
  readonly path: string;
  /** In bytes; an integer number of records. */
  readonly size: number;
}

/**
 * Load and check a data set from a folder's files; see loadCifarFiles. A file is verified if the folder's
 * list of checksums contains its checksum; `bbits data get` writes this list after unpacking the published
 * archive.
 *
 * @throws UserError naming the file, what was found, what was expected and what to do
 */
export async function loadCifarDataset(spec: CifarDataset, path: string): Promise<Dataset> {
  const names = [...spec.trainFiles, spec.testFile];
  const folder = await findCifarFolder(spec.folder, names, path);
  const sums = await readSums(folder);
  const loaded = await loadCifarFiles(
    {
      ...spec,
      maxCount,
      todo: 'Get the file again, in the binary version.',
      statusOf: (name, sha256) => (sums.get(name) === sha256 ? 'verified' : 'unverified'),
    },
    folder,
  );
  const { name, classes, mean, std } = spec;
  return { name, ...loaded, classes, mean, std };
}

/**
 * Load and check images and labels from a folder's files: sizes, labels, and that no two files are equal.
 * Memory is bounded by the images of all files and twice the largest file.
 *
 * @throws UserError naming the file, what was found, what was expected and what to do
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

/** The images of several files, in file order. */
async function loadSplit(
  { title, labels, todo, statusOf }: CifarFiles,
  sized: readonly SizedFile[],
): Promise<{ split: Split; files: DataFile[] }> {
  // All sizes are known, so that images are written once, to their final place.
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

/** A file's size in bytes. @throws UserError unless it is an integer number of records within bounds */
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
      (size % record === 0 ? '' : ', which is not a whole number of images') +
      `. ${todo}`,
  );
}

function checkTotal(sized: readonly SizedFile[], { title }: CifarFiles, folder: string): void {
  const total = sized.reduce((sum, { size }) => sum + size, 0);
  if (total <= mostBytes) return;
  throw new UserError(
    `${folder}: expected at most ${mostBytes} bytes in all files of ${title} together (2 GiB), found ` +
      `${total}. Use fewer images.`,
  );
}

/** A file copied over another would duplicate training images, or leak them into the test set. */
function checkDifferent(files: readonly DataFile[]): void {
  for (const [i, file] of files.entries()) {
    const twin = files.slice(0, i).find(({ sha256 }) => sha256 === file.sha256);
    if (!twin) continue;
    throw new UserError(
      `${file.path}: expected images other than those of ${twin.name}, found the same contents. One seems ` +
        `to be a copy of the other: get both files again.`,
    );
  }
}
