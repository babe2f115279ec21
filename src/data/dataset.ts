import type { Augmentation } from './augmentation.js';

/** Labelled images of one kind: those to train on, or those to test on. */
export interface Split {
  /** Pixels 0..255, count * height * width * channels of them, in that order (NHWC). */
  readonly images: Uint8Array;
  /** The class of each image, 0 .. classes - 1. */
  readonly labels: Uint8Array;
  readonly count: number;
}

/** A file that was used, for the run's record. */
export interface DataFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Size of the contents, in bytes; of a .gz file, of what it expands to. */
  readonly bytes: number;
  /** Of the contents, in hexadecimal; of a .gz file, of what it expands to. */
  readonly sha256: string;
  /**
   * verified: exactly the published file. unverified: well formed, but other contents. own: well
   * formed, of a data set of the user's own, which nobody has published.
   */
  readonly status: 'verified' | 'unverified' | 'own';
}

/** A data set in memory. A pixel p of channel c enters a network as (p / 255 - mean[c]) / std[c]. */
export interface Dataset {
  readonly name: string;
  readonly train: Split;
  readonly test: Split;
  /** Height, width, channels. */
  readonly imageShape: readonly [number, number, number];
  readonly classes: number;
  readonly files: readonly DataFile[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** What happens to training images in the published runs; absent: nothing. */
  readonly augmentation?: Augmentation;
}

/** What a network has to know of a data set. */
export type DatasetShape = Pick<Dataset, 'name' | 'classes' | 'imageShape'>;

/** What the files of a data set hold. */
export type LoadedFiles = Pick<Dataset, 'train' | 'test' | 'imageShape' | 'files'>;

/** All images and labels of a data set together, in bytes; bounds memory. */
export const MAX_BYTES = 2 ** 31;

/** A copy of some of a split's images, in the order of their indices. */
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
