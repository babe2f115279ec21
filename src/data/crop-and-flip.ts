import type { RandomStream } from '../random.js';
import type { Augmentation } from './augmentation.js';
import type { ChangeImage } from './batches.js';
import type { Crop } from './crop.js';
import type { Dataset } from './dataset.js';

/**
 * Pad with black (0, before normalization), crop to the original size, and mirror:
 *
 *     out[y, x, c] = padded[top + y, left + (flipped ? width - 1 - x : x), c]
 *
 * @param pixels HWC, starting at index `from`
 * @param shape height, width and channels
 * @param padding pixels on each side
 * @param out HWC, of the image's size; must not overlap `pixels`
 */
export function cropImage(
  pixels: Uint8Array,
  from: number,
  [height, width, channels]: Dataset['imageShape'],
  padding: number,
  { top, left, flipped }: Crop,
  out: Uint8Array,
): void {
  const down = top - padding;
  const right = left - padding;
  // The columns of `out`, before mirroring, that do not show padding.
  const first = Math.max(0, -right);
  const end = Math.min(width, width - right);
  out.fill(0);
  if (end <= first) return;
  for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
    const row = from + ((y + down) * width + right) * channels;
    const to = y * width * channels;
    if (!flipped) {
      out.set(pixels.subarray(row + first * channels, row + end * channels), to + first * channels);
      continue;
    }
    for (let x = first; x < end; x++) {
      const source = row + x * channels;
      const target = to + (width - 1 - x) * channels;
      for (let c = 0; c < channels; c++) out[target + c] = pixels[source + c] as number;
    }
  }
}

/**
 * Random crops of the padded image, mirrored with probability 1/2. Offsets are uniform from 0 to twice the
 * padding in each direction. Draws three integers per image: top, left, flipped.
 *
 * @throws RangeError unless the padding is a non-negative integer
 */
export function randomCropAndFlip(
  shape: Dataset['imageShape'],
  padding: number,
  stream: RandomStream,
): ChangeImage {
  if (!Number.isSafeInteger(padding) || padding < 0) {
    throw new RangeError(`The padding must be a whole number of at least 0, not ${padding}.`);
  }
  const draw = (): Crop => {
    const top = stream.integer(2 * padding + 1);
    const left = stream.integer(2 * padding + 1);
    return { top, left, flipped: stream.integer(2) === 1 };
  };
  return randomCrops(shape, padding, draw);
}

/** Random crops without mirroring: draws two integers per image, top and left. */
export function randomShift(
  shape: Dataset['imageShape'],
  padding: number,
  stream: RandomStream,
): ChangeImage {
  return randomCrops(shape, padding, () => {
    const top = stream.integer(2 * padding + 1);
    const left = stream.integer(2 * padding + 1);
    return { top, left, flipped: false };
  });
}

function randomCrops(shape: Dataset['imageShape'], padding: number, draw: () => Crop): ChangeImage {
  const change = (pixels: Uint8Array, from: number, out: Uint8Array) => {
    cropImage(pixels, from, shape, padding, draw(), out);
  };
  return Object.assign(change, { crops: { padding, draw } });
}

/** As in the published experiments on CIFAR, in pixels. */
const publishedShift = 4;

/** For images whose mirror image has another meaning, such as digits. */
export const shift: Augmentation = {
  about: `a random shift by up to training.shiftPixels (default ${publishedShift})`,
  changer: ({ imageShape }, stream, pixels = publishedShift) =>
    randomShift(imageShape, pixels, stream),
};

/** As in the published experiments on CIFAR. */
export const cropAndFlip: Augmentation = {
  about: `a random shift by up to training.shiftPixels (default ${publishedShift}), and a horizontal flip half of the time`,
  changer: ({ imageShape }, stream, pixels = publishedShift) =>
    randomCropAndFlip(imageShape, pixels, stream),
};
