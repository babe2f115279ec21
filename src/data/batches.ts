import { shuffled, type RandomStream } from '../random.js';
import type { Dataset, Split } from './dataset.js';

/**
 * One epoch's batches, as indices into the split: every image once, in an order that is drawn from
 * the stream when the first batch is asked for; the last batch may be smaller.
 *
 * @throws RangeError if the batch size is not a whole number above 0.
 */
export function* epochBatches(
  split: Pick<Split, 'count'>,
  batchSize: number,
  stream: RandomStream,
): Generator<Uint32Array> {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`A batch size must be a whole number above 0, not ${batchSize}.`);
  }
  const order = shuffled(split.count, stream);
  for (let start = 0; start < order.length; start += batchSize) {
    yield order.subarray(start, start + batchSize);
  }
}

/**
 * Writes the images and labels at `indices` to the start of `images` (NHWC, normalised) and
 * `labels`, which may be longer than needed: what lies behind stays as it is.
 *
 * @throws RangeError if an index is not in the split or an output is too short.
 */
export type FillBatch = (
  split: Split,
  indices: Uint32Array,
  images: Float32Array,
  labels: Int32Array,
) => void;

/**
 * The function that fills batches from this data set: pixel p of channel c becomes
 * (p / 255 - mean[c]) / std[c], rounded to 32 bits, from a table made once.
 */
export function batchFiller(dataset: Pick<Dataset, 'imageShape' | 'mean' | 'std'>): FillBatch {
  const [height, width, channels] = dataset.imageShape;
  const size = height * width * channels;
  const table = normalisedPixels(dataset);

  return (split, indices, images, labels) => {
    if (images.length < indices.length * size || labels.length < indices.length) {
      throw new RangeError(
        `A batch of ${indices.length} needs ${indices.length * size} pixels and as many labels; ` +
          `there is room for ${images.length} and ${labels.length}.`,
      );
    }
    const pixels = split.images;
    let to = 0;
    for (const [row, index] of indices.entries()) {
      if (index >= split.count) {
        throw new RangeError(`Image ${index} of a split of ${split.count}.`);
      }
      labels[row] = split.labels[index] as number;
      const end = (index + 1) * size;
      for (let from = index * size; from < end; from += channels) {
        for (let channel = 0; channel < channels; channel++) {
          images[to++] = table[256 * channel + (pixels[from + channel] as number)] as number;
        }
      }
    }
  };
}

/** The 256 values of each channel, one channel after the other. */
function normalisedPixels({
  imageShape: [, , channels],
  mean,
  std,
}: Pick<Dataset, 'imageShape' | 'mean' | 'std'>): Float32Array {
  if (mean.length !== channels || std.length !== channels) {
    throw new RangeError(`${channels} channels need as many means and standard deviations.`);
  }
  return Float32Array.from({ length: 256 * channels }, (_, i) => {
    const channel = Math.floor(i / 256);
    return ((i % 256) / 255 - (mean[channel] as number)) / (std[channel] as number);
  });
}
