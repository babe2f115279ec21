import type { Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { isPadded } from '../windows.js';
import { everyNth } from './every-nth.js';
import { imageShape, type LayerType } from './layer-type.js';
import {
  deployedWindows,
  isPaddingSmall,
  isPixel,
  paddingIsSmall,
  pooledShape,
  poolingKeys,
  poolingWindows,
  type Pooling,
} from './pooling.js';

/** Maximum of each window; windows that extend beyond the padded image are omitted. */
export interface MaxPool extends Pooling {
  readonly type: 'max-pool';
}

export const maxPoolType: LayerType<MaxPool> = {
  schema: z
    .strictObject({ type: z.literal('max-pool'), ...poolingKeys })
    .refine(isPaddingSmall, paddingIsSmall)
    .describe('The maximum of each window.'),

  outputShape: pooledShape,

  apply(layer, x, tf) {
    const [height, width] = imageShape(layer, x.shape.slice(1));
    const { kernel, stride, padding } = poolingWindows(layer, [height, width]);
    if (isPixel(kernel)) return everyNth(x, stride, tf);
    const images = isPadded(padding)
      ? tf.pad(x, [[0, 0], [...padding[0]], [...padding[1]], [0, 0]], lowest)
      : x;
    return tf.maxPool(images as Tensor4D, [...kernel], [...stride], 'valid');
  },

  deployed: (layer, input) => ({ type: layer.type, ...deployedWindows(layer, input) }),
};

/** The smallest finite float32. */
const lowest = -(2 - 2 ** -23) * 2 ** 127;
