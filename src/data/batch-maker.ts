import { batchFiller, type ChangeImage } from './batches.js';
import type { Dataset, Split } from './dataset.js';

/** Images, shape [batch, height, width, channels], and their classes. */
export interface Batch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/**
 * Make batches of up to a given number of images. Each batch reuses the previous one's memory.
 *
 * @param change applied to each image
 */
export function batchMaker(dataset: Dataset, largest: number, change?: ChangeImage) {
  const fill = batchFiller(dataset, change);
  const imageSize = dataset.imageShape.reduce((product, length) => product * length, 1);
  const images = new Float32Array(largest * imageSize);
  const labels = new Int32Array(largest);
  return (split: Split, indices: Uint32Array): Batch => {
    fill(split, indices, images, labels);
    return {
      images: images.subarray(0, indices.length * imageSize),
      labels: labels.subarray(0, indices.length),
    };
  };
}
