import { normalisedPixels, type ChangeImage } from './batches.js';
import type { RandomCrops } from './crop.js';
import type { Dataset, Split } from './dataset.js';

/** Images for a device, where they lie once: a step is told only which of them to take, and how. */
export interface PlacedImages {
  readonly count: number;
  readonly imageShape: Dataset['imageShape'];
  /**
   * A row for each image, its bytes in fours as the bits of 32-bit words: a device holds those as floats,
   * which nothing computes with.
   */
  readonly packed: Float32Array;
  /** What a byte becomes: 256 numbers of each channel, one channel after the other. */
  readonly table: Float32Array;
  /** Pixels around an image that crops may reach; undefined: images stay as they are. */
  readonly padding: number | undefined;
}

/** Images of `PlacedImages`, and their classes. */
export interface PlacedBatch {
  readonly indices: Int32Array;
  /** Top, left and whether flipped (1, else 0) of each image; see `Crop`. */
  readonly crops?: Int32Array;
  readonly labels: Int32Array;
}

/** @returns undefined where images are changed otherwise than by crops, which only the host can */
export function placedImages(
  dataset: Dataset,
  split: Split,
  change: ChangeImage | undefined,
): PlacedImages | undefined {
  if (change && !change.crops) return undefined;
  const { imageShape } = dataset;
  const size = imageShape.reduce((a, b) => a * b);
  const words = Math.ceil(size / 4);
  const bytes = new Uint8Array(4 * words * split.count);
  for (let image = 0; image < split.count; image++) {
    bytes.set(split.images.subarray(image * size, (image + 1) * size), image * 4 * words);
  }
  return {
    count: split.count,
    imageShape,
    packed: new Float32Array(bytes.buffer),
    table: normalisedPixels(dataset),
    padding: change?.crops?.padding,
  };
}

/** What a step is told of the images at some indices; crops are drawn in their order. */
export function placedBatch(
  { labels }: Split,
  indices: Uint32Array,
  crops: RandomCrops | undefined,
): PlacedBatch {
  const batch = {
    indices: Int32Array.from(indices),
    labels: Int32Array.from(indices, (index) => labels[index] as number),
  };
  if (!crops) return batch;
  const drawn = Array.from(indices, () => crops.draw());
  return {
    ...batch,
    crops: Int32Array.from(drawn.flatMap(({ top, left, flipped }) => [top, left, flipped ? 1 : 0])),
  };
}
