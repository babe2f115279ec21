import type { Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { count, imageShape, misfit, type LayerType } from './layer-type.js';

/** The largest of each `size` by `size` window, side by side. */
export interface MaxPool {
  readonly type: 'max-pool';
  readonly size: number;
}

export const maxPoolType: LayerType<MaxPool> = {
  schema: z
    .strictObject({
      type: z.literal('max-pool'),
      size: count(64, 'Height and width of a window, in pixels; it divides those of the image.'),
    })
    .describe('The largest value of each window, windows side by side.'),

  outputShape(layer, input) {
    const [height, width, channels] = imageShape(layer, input);
    const { size } = layer;
    if (height % size !== 0 || width % size !== 0) {
      throw misfit(layer, input, `a height and a width that ${size} divides`);
    }
    return [height / size, width / size, channels];
  },

  apply: ({ size }, x, tf) => tf.maxPool(x as Tensor4D, size, size, 'valid'),
};
