import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { UserError } from '../errors.js';
import type { DataFile, Dataset, Split } from './dataset.js';
import { findFile, readFolder } from './folder.js';
import { readIdx, type IdxFile } from './idx.js';

/** A data set that is published as four IDX files, as MNIST is. */
export interface IdxDataset extends Pick<
  Dataset,
  'name' | 'imageShape' | 'classes' | 'mean' | 'std'
> {
  /** As people write it: 'MNIST'. */
  readonly title: string;
  /** What the user can do where its folder is missing. */
  readonly todo: string;
  /** SHA-256 of the published files, uncompressed. */
  readonly sha256: Readonly<Record<Role, string>>;
}

const ROLES = {
  'train-images': { title: 'the training images', names: fileNames('train-images', 3) },
  'train-labels': { title: 'the training labels', names: fileNames('train-labels', 1) },
  'test-images': { title: 'the test images', names: fileNames('t10k-images', 3) },
  'test-labels': { title: 'the test labels', names: fileNames('t10k-labels', 1) },
} as const;
type Role = keyof typeof ROLES;

/** Bounds memory against a forged header; MNIST has 60,000. */
const MAX_COUNT = 250_000;

interface Loaded extends IdxFile {
  readonly file: DataFile;
}

/**
 * The data set from a folder's four files, checked: each one's format, size and known contents, as
 * many images as labels, labels below `classes`.
 *
 * @throws UserError that names the file, what was found and expected, and what to do.
 */
export async function loadIdxDataset(spec: IdxDataset, folder: string): Promise<Dataset> {
  const entries = await readFolder(folder, `the four files of ${spec.title}`, spec.todo);
  const load = (role: Role) => loadFile(spec, role, findFile(folder, entries, ROLES[role].names));
  // One after the other: with gzipped files, one file's spare memory at a time.
  const trainImages = await load('train-images');
  const trainLabels = await load('train-labels');
  const testImages = await load('test-images');
  const testLabels = await load('test-labels');
  checkCounts(trainImages, trainLabels, testImages, testLabels);
  checkLabels(trainLabels, spec);
  checkLabels(testLabels, spec);
  return {
    name: spec.name,
    train: splitOf(trainImages, trainLabels),
    test: splitOf(testImages, testLabels),
    imageShape: spec.imageShape,
    classes: spec.classes,
    files: [trainImages, trainLabels, testImages, testLabels].map(({ file }) => file),
    mean: spec.mean,
    std: spec.std,
  };
}

async function loadFile(spec: IdxDataset, role: Role, path: string): Promise<Loaded> {
  const [height, width] = spec.imageShape;
  const title = `${ROLES[role].title} of ${spec.title}`;
  const itemShape = role.endsWith('images') ? [height, width] : [];
  const idx = await readIdx(path, { title, itemShape, maxCount: MAX_COUNT });

  const sha256 = createHash('sha256').update(idx.contents).digest('hex');
  const known = (Object.keys(ROLES) as Role[]).find((other) => spec.sha256[other] === sha256);
  if (known && known !== role) {
    throw new UserError(
      `${path}: expected ${title}, found ${ROLES[known].title} (${idx.count} of them). ` +
        `The files look swapped or copied over one another: put ${title} there.`,
    );
  }
  const status = known ? 'verified' : 'unverified';
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

function checkLabels({ items, file }: Loaded, { classes }: IdxDataset): void {
  const at = items.findIndex((label) => label >= classes);
  if (at < 0) return;
  throw new UserError(
    `${file.path}: expected labels from 0 to ${classes - 1}, found ${items[at] as number} as ` +
      `label ${at} (counted from 0). Get the file again.`,
  );
}

function splitOf(images: Loaded, labels: Loaded): Split {
  return { images: images.items, labels: labels.items, count: images.count };
}

/** The usual name, and the one with a dot that some archives use. */
function fileNames(stem: string, dimensions: number): readonly string[] {
  return [`${stem}-idx${dimensions}-ubyte`, `${stem}.idx${dimensions}-ubyte`];
}
