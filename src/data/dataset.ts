import type { Augmentation } from './augmentation.js';

/** Labeled images: a training set or a test set. */
export interface Split {
  /** Pixels 0..255 in NHWC order: count * height * width * channels of them. */
  readonly images: Uint8Array;
  /** The class of each image, 0 .. classes - 1. */
  readonly labels: Uint8Array;
  readonly count: number;
}

/** A file that was read, for the run's record. */
export interface DataFile {
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** Size of the contents in bytes; of a .gz file, the decompressed contents. */
  readonly bytes: number;
  /** SHA-256 of the contents in hexadecimal; of a .gz file, the decompressed contents. */
  readonly sha256: string;
  /**
   * verified: identical to the published file. unverified: well formed, other contents. own: well formed,
   * of the user's own data set, which has no published version.
   */
  readonly status: 'verified' | 'unverified' | 'own';
}

/** A data set in memory. A pixel p of channel c enters a network as (p / 255 - mean[c]) / std[c]. */
export interface Dataset {
  readonly name: string;
  readonly train: Split;
  readonly test: Split;
  /** Height, width and channels. */
  readonly imageShape: readonly [number, number, number];
  readonly classes: number;
  readonly files: readonly DataFile[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The augmentation of the published experiments; absent for none. */
  readonly augmentation?: Augmentation;
}

/** What a network needs to know about a data set. */
export type DatasetShape = Pick<Dataset, 'name' | 'classes' | 'imageShape'>;

/** The contents of a data set's files. */
export type LoadedFiles = Pick<Dataset, 'train' | 'test' | 'imageShape' | 'files'>;

/** The maximum size of a data set's images and labels together, in bytes. */
export const mostBytes = 2 ** 31;

/** The first images of a split, sharing its memory. */
export function firstOf({ images, labels, count }: Split, most: number): Split {
  const kept = Math.min(count, most);
  const size = images.length / count;
  return { images: images.subarray(0, kept * size), labels: labels.subarray(0, kept), count: kept };
}

/** Copy the images at the given indices of a split, in that order. */
export function subsetOf({ images, labels, count }: Split, indices: Uint32Array): Split {
  const size = images.length / count;
  const subset = {
    images: new Uint8Array(indices.length * size),
    labels: Uint8Array.from(indices, (index) => labels[index] ?? 0),
    count: indices.length,
  };
  indices.forEach((index, at) => {
    subset.images.set(images.subarray(index * size, (index + 1) * size), at * size);
  });
  return subset;
}
