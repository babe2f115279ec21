import { basename } from 'node:path';
import { UserError } from '../errors.js';
import { sha256Of } from '../files/checksum.js';
import { mostBytes, type DataFile, type Dataset, type LoadedFiles, type Split } from './dataset.js';
import { findFile, readFolder } from './folder.js';
import { anyImages, imagesOf, labels, readIdx, shapeOf, type IdxFile, type Items } from './idx.js';

/** The required contents of four IDX files in the format of MNIST. */
export interface IdxFiles extends Pick<Dataset, 'classes'> {
  /** The name in prose, such as 'MNIST'. */
  readonly title: string;
  /** Advice to the user if the folder is missing. */
  readonly todo: string;
  /** The required shape of all images; undefined for any. */
  readonly imageShape: Dataset['imageShape'] | undefined;
  /** Maximum number of training images, and of test images. */
  readonly maxCount: number;
  /** SHA-256 of the published files, decompressed; undefined for unpublished ones. */
  readonly sha256: Readonly<Record<Role, string>> | undefined;
}

/** A data set published as four IDX files of gray images, as MNIST is. */
export interface IdxDataset
  extends
    Pick<IdxFiles, 'title' | 'todo' | 'classes' | 'sha256'>,
    Pick<Dataset, 'name' | 'imageShape' | 'mean' | 'std'> {}

const roles = {
  'train-images': { title: 'the training images', stem: 'train-images' },
  'train-labels': { title: 'the training labels', stem: 'train-labels' },
  'test-images': { title: 'the test images', stem: 't10k-images' },
  'test-labels': { title: 'the test labels', stem: 't10k-labels' },
} as const;
type Role = keyof typeof roles;

/** Bounds memory against a forged header; MNIST has 60,000 images. */
const maxCount = 250_000;

interface Loaded extends IdxFile {
  readonly file: DataFile;
}

/**
 * Load and check a data set from a folder's four files; see loadIdxFiles.
 *
 * @throws UserError naming the file, what was found, what was expected and what to do
 */
export async function loadIdxDataset(spec: IdxDataset, folder: string): Promise<Dataset> {
  const { name, classes, mean, std } = spec;
  const loaded = await loadIdxFiles({ ...spec, maxCount }, folder);
  return { name, ...loaded, classes, mean, std };
}

/**
 * Load and check images and labels from a folder's four files: format, size and known checksum of each, equal
 * counts, labels below `classes`.
 *
 * @throws UserError naming the file, what was found, what was expected and what to do
 */
export async function loadIdxFiles(spec: IdxFiles, folder: string): Promise<LoadedFiles> {
  const entries = await readFolder(folder, `the four files of ${spec.title}`, spec.todo);
  let left = mostBytes;
  const load = async (role: Role, items: Items) => {
    const names = items.ranks.flatMap((rank) => fileNames(roles[role].stem, 1 + rank));
    const loaded = await loadFile(spec, role, findFile(folder, entries, names), items, left);
    left -= loaded.items.length;
    return loaded;
  };
  // Sequentially, so that only one gzipped file needs spare memory at a time.
  const images = spec.imageShape ? imagesOf(spec.imageShape, [2]) : anyImages;
  const trainImages = await load('train-images', images);
  const trainLabels = await load('train-labels', labels);
  const imageShape = shapeOf(trainImages);
  const testImages = await load('test-images', imagesOf(imageShape, images.ranks));
  const testLabels = await load('test-labels', labels);
  checkCounts(trainImages, trainLabels, testImages, testLabels);
  checkLabels(trainLabels, spec);
  checkLabels(testLabels, spec);
  checkDifferent(trainImages, testImages);
  return {
    train: splitOf(trainImages, trainLabels),
    test: splitOf(testImages, testLabels),
    imageShape,
    files: [trainImages, trainLabels, testImages, testLabels].map(({ file }) => file),
  };
}

async function loadFile(
  spec: IdxFiles,
  role: Role,
  path: string,
  items: Items,
  maxBytes: number,
): Promise<Loaded> {
  const title = `${roles[role].title} of ${spec.title}`;
  const idx = await readIdx(path, { title, items, maxCount: spec.maxCount, maxBytes });

  const sha256 = sha256Of(idx.contents);
  const known = (Object.keys(roles) as Role[]).find((other) => spec.sha256?.[other] === sha256);
  if (known && known !== role) {
    throw new UserError(
      `${path}: expected ${title}, found ${roles[known].title} (${idx.count} of them). ` +
        `The files look swapped or copied over one another: put ${title} there.`,
    );
  }
  const status = spec.sha256 === undefined ? 'own' : known ? 'verified' : 'unverified';
  const file = { name: basename(path), path, bytes: idx.contents.length, sha256, status } as const;
  return { ...idx, file };
}

function checkCounts(
  trainImages: Loaded,
  trainLabels: Loaded,
  testImages: Loaded,
  testLabels: Loaded,
): void {
  const crossed =
    trainImages.count === testLabels.count && testImages.count === trainLabels.count
      ? ` ${trainImages.file.name} and ${testImages.file.name} look swapped with each other (or ` +
        `${trainLabels.file.name} and ${testLabels.file.name}): exchange them.`
      : ' They do not belong together: get both files again.';
  for (const [images, labels] of [
    [trainImages, trainLabels],
    [testImages, testLabels],
  ] as const) {
    if (images.count === labels.count) continue;
    throw new UserError(
      `${images.file.path}: expected as many images as ${labels.file.name} has labels, ` +
        `${labels.count}, found ${images.count}.${crossed}`,
    );
  }
}

function checkLabels({ items, file }: Loaded, { classes, sha256 }: IdxFiles): void {
  const at = items.findIndex((label) => label >= classes);
  if (at < 0) return;
  const todo = sha256 ? 'Get the file again.' : 'Correct dataset.classes, or the file.';
  throw new UserError(
    `${file.path}: expected labels from 0 to ${classes - 1}, found ${items[at] as number} as ` +
      `label ${at} (counted from 0). ${todo}`,
  );
}

/** A test set equal to the training set would make test accuracy meaningless. */
function checkDifferent({ file: train }: Loaded, { file: test }: Loaded): void {
  if (train.sha256 !== test.sha256) return;
  throw new UserError(
    `${test.path}: expected images other than those of ${train.name}, found the same contents. One seems ` +
      `to be a copy of the other: get both files again.`,
  );
}

function splitOf(images: Loaded, labels: Loaded): Split {
  return { images: images.items, labels: labels.items, count: images.count };
}

/** The usual name, and the variant with a dot that some archives use. */
function fileNames(stem: string, dimensions: number): readonly string[] {
  return [`${stem}-idx${dimensions}-ubyte`, `${stem}.idx${dimensions}-ubyte`];
}
