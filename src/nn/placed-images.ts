import * as tf from '@tensorflow/tfjs-core';
import { bitsOf, gather } from '../kernels/memory.js';

/** How images lie on a device, and what becomes of them; see `PlacedImages` of src/data. */
export interface ImageForm {
  readonly imageShape: readonly [height: number, width: number, channels: number];
  readonly table: Float32Array;
  readonly padding: number | undefined;
}

/**
 * Images as a network reads them, with the very numbers that the host makes: `cropImage`, then the table.
 *
 * @param packed a row of bytes for each image, in fours as the bits of float32 numbers
 * @param indices int32, of shape [batch]
 * @param crops int32, of shape [batch, 3]: see `PlacedBatch`
 * @returns of shape [batch, height, width, channels]
 */
export function imagesAt(
  { imageShape, table, padding }: ImageForm,
  packed: tf.Tensor,
  indices: tf.Tensor,
  crops: tf.Tensor | undefined,
): tf.Tensor {
  const [height, width, channels] = imageShape;
  const [batch = NaN] = indices.shape;
  const pixels = tf.reshape(bytesOf(gather(packed, indices), height * width * channels), [
    batch,
    height * width,
    channels,
  ]);
  const cropped = crops && padding !== undefined ? crop(pixels) : pixels;
  const ofChannel = tf.mul(range(channels), tf.scalar(256, 'int32'));
  const values = gather(tf.tensor1d(table), tf.add(cropped, ofChannel));
  return tf.reshape(values, [batch, height, width, channels]);

  function crop(pixels: tf.Tensor): tf.Tensor {
    const [top, left, flipped] = tf.split(crops as tf.Tensor, 3, 1) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const columns = range(width);
    // From x to width - 1 - x where flipped is 1.
    const toMirrored = tf.sub(
      tf.scalar(width - 1, 'int32'),
      tf.mul(columns, tf.scalar(2, 'int32')),
    );
    const column = tf.add(columns, tf.mul(flipped, toMirrored));
    const before = tf.scalar(padding ?? 0, 'int32');
    const rowOf = tf.sub(tf.add(top, range(height)), before);
    const columnOf = tf.sub(tf.add(left, column), before);
    const [row, rowInside] = inside(rowOf, height);
    const [source, columnInside] = inside(columnOf, width);
    const rows = tf.mul(tf.reshape(row, [batch, height, 1]), tf.scalar(width, 'int32'));
    const from = tf.add(rows, tf.reshape(source, [batch, 1, width]));
    const isImage = tf.mul(
      tf.reshape(rowInside, [batch, height, 1]),
      tf.reshape(columnInside, [batch, 1, width]),
    );
    const taken = gather(pixels, tf.reshape(from, [batch, height * width]), 1);
    return tf.mul(taken, tf.reshape(isImage, [batch, height * width, 1]));
  }
}

/** Whole numbers within an axis, and 1 for those that were in it, else 0: what lies outside is black. */
function inside(index: tf.Tensor, length: number): [within: tf.Tensor, isInside: tf.Tensor] {
  const within = tf.minimum(
    tf.maximum(index, tf.scalar(0, 'int32')),
    tf.scalar(length - 1, 'int32'),
  );
  return [within, tf.cast(tf.equal(within, index), 'int32')];
}

/** The bytes in 32-bit words, the lowest first. @returns int32, of shape [rows, size] */
function bytesOf(words: tf.Tensor, size: number): tf.Tensor {
  const [rows = NaN, length = NaN] = words.shape;
  const bits = bitsOf(words);
  // Rounded down, a quotient is a shift, of negative numbers too.
  const bytes = [0, 8, 16, 24].map((shift) =>
    tf.mod(tf.floorDiv(bits, tf.scalar(2 ** shift, 'int32')), tf.scalar(256, 'int32')),
  );
  return tf.slice(tf.reshape(tf.stack(bytes, 2), [rows, 4 * length]), [0, 0], [rows, size]);
}

function range(length: number): tf.Tensor {
  return tf.tensor1d(
    Int32Array.from({ length }, (_, index) => index),
    'int32',
  );
}
