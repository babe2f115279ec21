import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors, TensorSpec } from '../compile/entry.js';
import type { Batch } from '../data/batch-maker.js';
import type { PlacedBatch, PlacedImages } from '../data/placed-images.js';
import { imagesAt } from '../nn/placed-images.js';

/**
 * A step's images: fed as numbers, or stored on the device and selected by fed indices, bit-identically.
 */

/** The images' name in a program's state, where they stay unchanged. */
export const placedImagesName = 'data/images';

/** The initial state on the device. */
export function placedState(placed: PlacedImages | undefined): NamedTensors {
  if (!placed) return {};
  const { count, packed } = placed;
  return { [placedImagesName]: tf.tensor(packed, [count, packed.length / count]) };
}

/** A step's inputs except the labels. */
export function imageSpecs(
  imageShape: readonly number[],
  batchSize: number,
  placed: PlacedImages | undefined,
): Record<string, TensorSpec> {
  if (!placed) return { images: { shape: [batchSize, ...imageShape], dtype: 'float32' } };
  const crops = { crops: { shape: [batchSize, 3], dtype: 'int32' } } as const;
  return {
    indices: { shape: [batchSize], dtype: 'int32' },
    ...(placed.padding === undefined ? {} : crops),
  };
}

/** The images of a step, shape [batch, height, width, channels]. */
export function imagesOf(
  inputs: NamedTensors,
  state: Readonly<NamedTensors>,
  placed: PlacedImages | undefined,
): tf.Tensor {
  const { images, indices, crops } = inputs;
  if (!placed) return images as tf.Tensor;
  return imagesAt(placed, state[placedImagesName] as tf.Tensor, indices as tf.Tensor, crops);
}

/** A batch's feed, as specified by `imageSpecs`. */
export function imageInputs(
  batch: Batch | PlacedBatch,
  imageShape: readonly number[],
): NamedTensors {
  const count = batch.labels.length;
  if ('images' in batch) return { images: tf.tensor(batch.images, [count, ...imageShape]) };
  const { indices, crops } = batch;
  return {
    indices: tf.tensor1d(indices, 'int32'),
    ...(crops ? { crops: tf.tensor2d(crops, [count, 3], 'int32') } : {}),
  };
}
