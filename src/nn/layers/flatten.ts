import { z } from 'zod';
import { product } from '../shapes.js';
import type { LayerType } from './layer-type.js';

/** Rows, columns and channels as one axis, channels last. */
export interface Flatten {
  readonly type: 'flatten';
}

export const flattenType: LayerType<Flatten> = {
  schema: z
    .strictObject({ type: z.literal('flatten') })
    .describe('Rows, columns and channels as one row of numbers.'),
  outputShape: (_layer, input) => [product(input)],
  // A network whose channels are all dropped has nothing left to infer a length from.
  apply: (_layer, x, tf) => tf.reshape(x, [x.shape[0], x.size === 0 ? 0 : -1]),
};
