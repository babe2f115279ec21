import * as tf from '@tensorflow/tfjs-core';
import { bitsOf, gather } from '../kernels/memory.js';

/** The layout and preprocessing of images on the device; see `PlacedImages` in src/data. */
export interface ImageForm {
  readonly imageShape: readonly [height: number, width: number, channels: number];
  readonly table: Float32Array;
  readonly padding: number | undefined;
}

/**
 * Crop and normalize images on the device, bit-identical to the host's `cropImage` and lookup table.
 *
 * @param packed one row of bytes per image, four bytes in each float32's bits
 * @param indices int32, shape [batch]
 * @param crops int32, shape [batch, 3]; see `PlacedBatch`
 * @returns shape [batch, height, width, channels]
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
    // Map x to width - 1 - x where flipped is 1.
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

/** Clamp indices to an axis, and return 1 for indices inside it, 0 outside, where images are black. */
function inside(index: tf.Tensor, length: number): [within: tf.Tensor, isInside: tf.Tensor] {
  const within = tf.minimum(
    tf.maximum(index, tf.scalar(0, 'int32')),
    tf.scalar(length - 1, 'int32'),
  );
  return [within, tf.cast(tf.equal(within, index), 'int32')];
}

/** Unpack the bytes of 32-bit little-endian words. @returns int32, shape [rows, size] */
function bytesOf(words: tf.Tensor, size: number): tf.Tensor {
  const [rows = NaN, length = NaN] = words.shape;
  const bits = bitsOf(words);
  // Floor division is a shift, for negative numbers too.
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
