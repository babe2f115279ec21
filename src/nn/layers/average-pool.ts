import { z } from 'zod';
import { imageShape, type LayerType } from './layer-type.js';

/** The mean of each channel over the whole image. */
export interface AveragePool {
  readonly type: 'average-pool';
}

export const averagePoolType: LayerType<AveragePool> = {
  schema: z
    .strictObject({ type: z.literal('average-pool') })
    .describe('The mean of each channel over the whole image.'),
  outputShape: (layer, input) => imageShape(layer, input).slice(2),
  apply: (_layer, x, tf) => tf.mean(x, [1, 2]),
};
