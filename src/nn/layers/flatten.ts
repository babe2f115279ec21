import { z } from 'zod';
import { product } from '../shapes.js';
import type { LayerType } from './layer-type.js';

/** Flatten rows, columns and channels to one axis, channels last. */
export interface Flatten {
  readonly type: 'flatten';
}

export const flattenType: LayerType<Flatten> = {
  schema: z
    .strictObject({ type: z.literal('flatten') })
    .describe('Flatten rows, columns and channels into one axis.'),
  outputShape: (_layer, input) => [product(input)],
  // With all channels dropped there is no element to infer a length from.
  apply: (_layer, x, tf) => tf.reshape(x, [x.shape[0], x.size === 0 ? 0 : -1]),
};
