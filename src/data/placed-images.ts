import { normalizedPixels, type ChangeImage } from './batches.js';
import type { RandomCrops } from './crop.js';
import type { Dataset, Split } from './dataset.js';

/** Images stored once on a device; a training step is fed only their indices and crops. */
export interface PlacedImages {
  readonly count: number;
  readonly imageShape: Dataset['imageShape'];
  /**
   * One row per image, with four bytes in the bits of each float32: devices hold floats, which are only
   * reinterpreted as bytes, never used as numbers.
   */
  readonly packed: Float32Array;
  /** The value of each byte: 256 numbers for each channel, channel by channel. */
  readonly table: Float32Array;
  /** Padding that crops may reach, in pixels; undefined if images are not cropped. */
  readonly padding: number | undefined;
}

/** Indices into `PlacedImages`, and the images' classes. */
export interface PlacedBatch {
  readonly indices: Int32Array;
  /** Top, left and 1 if flipped (else 0) for each image; see `Crop`. */
  readonly crops?: Int32Array;
  readonly labels: Int32Array;
}

/** Lay out a split's images for a device; undefined if `change` does more than crop: that needs the host. */
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
    table: normalizedPixels(dataset),
    padding: change?.crops?.padding,
  };
}

/** The feed of a step for the images at the given indices; crops are drawn in that order. */
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
