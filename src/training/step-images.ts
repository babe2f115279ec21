import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors, TensorSpec } from '../compile/entry.js';
import type { Batch } from '../data/batch-maker.js';
import type { PlacedBatch, PlacedImages } from '../data/placed-images.js';
import { imagesAt } from '../nn/placed-images.js';

/**
 * How a step comes by its images: they are fed, as numbers, or they lie on the device, and it is told which of them
 * to take. Either way they are the same, to the bit.
 */

/** Where the images lie in a program's state: they are no part of what is learned. */
export const placedImagesName = 'data/images';

/** What lies on the device from the start. */
export function placedState(placed: PlacedImages | undefined): NamedTensors {
  if (!placed) return {};
  const { count, packed } = placed;
  return { [placedImagesName]: tf.tensor(packed, [count, packed.length / count]) };
}

/** A step's inputs, but for the labels. */
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

/** The images in a step, of shape [batch, height, width, channels]. */
export function imagesOf(
  inputs: NamedTensors,
  state: Readonly<NamedTensors>,
  placed: PlacedImages | undefined,
): tf.Tensor {
  const { images, indices, crops } = inputs;
  if (!placed) return images as tf.Tensor;
  return imagesAt(placed, state[placedImagesName] as tf.Tensor, indices as tf.Tensor, crops);
}

/** What a batch gives to a step, as `imageSpecs` has it. */
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
