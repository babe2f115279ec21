import type { RandomStream } from '../random.js';
import type { ChangeImage } from './batches.js';
import type { Dataset } from './dataset.js';

/**
 * Cutout (DeVries and Taylor, 2017, arXiv:1708.04552): a square of each image gets the data set's mean, 0 after
 * normalisation. Every pixel is its centre equally likely, so that a part of it may lie outside. Draws two
 * integers an image, its row and its column, after what `change` draws.
 *
 * @param side of the square, in pixels
 * @param change is done to the image before; nothing: it stays as it is
 */
export function cutout(
  { imageShape: [height, width, channels], mean }: Pick<Dataset, 'imageShape' | 'mean'>,
  side: number,
  stream: RandomStream,
  change: ChangeImage | undefined,
): ChangeImage {
  const grey = mean.map((share) => Math.round(255 * share));
  return (pixels, from, out) => {
    if (change) change(pixels, from, out);
    else out.set(pixels.subarray(from, from + out.length));
    const top = stream.integer(height) - (side >> 1);
    const left = stream.integer(width) - (side >> 1);
    for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
      for (let x = Math.max(0, left); x < Math.min(width, left + side); x++) {
        for (let c = 0; c < channels; c++) out[(y * width + x) * channels + c] = grey[c] ?? 0;
      }
    }
  };
}
