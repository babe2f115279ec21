import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { isPadded, type Windows } from '../windows.js';
import { everyNth } from './every-nth.js';
import { imageShape, type LayerType, type TensorFlow } from './layer-type.js';
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

/** Average pooling of each channel, over the part of each window on the image, or over the whole image. */
export interface AveragePool extends Partial<Pooling> {
  readonly type: 'average-pool';
}

export const averagePoolType: LayerType<AveragePool> = {
  schema: z
    .strictObject({
      type: z.literal('average-pool'),
      ...poolingKeys,
      size: poolingKeys.size
        .exactOptional()
        .describe(
          'Height and width of a window, in pixels; or [rows, columns]. Default: the whole image.',
        ),
    })
    .refine((layer) => !isWindowed(layer) || isPaddingSmall(layer), paddingIsSmall)
    .refine((layer) => isWindowed(layer) || !('stride' in layer || 'padding' in layer), {
      path: ['size'],
      error: 'a window size, since stride or padding is given',
    })
    .describe('Average pooling over windows, or over the whole image.'),

  outputShape: (layer, input) =>
    isWindowed(layer) ? pooledShape(layer, input) : imageShape(layer, input).slice(2),

  apply(layer, x, tf) {
    if (!isWindowed(layer)) return tf.mean(x, [1, 2]);
    const [height, width] = imageShape(layer, x.shape.slice(1));
    return meanOfWindows(x, poolingWindows(layer, [height, width]), tf);
  },

  deployed: (layer, input) =>
    isWindowed(layer) ? { type: layer.type, ...deployedWindows(layer, input) } : layer,
};

function isWindowed(layer: AveragePool): layer is AveragePool & Pooling {
  return layer.size !== undefined;
}

/** Correct the mean over a zero-padded window for the fraction of the window on the image. */
function meanOfWindows(x: Tensor, { kernel, stride, padding }: Windows, tf: TensorFlow): Tensor {
  const mean = (images: Tensor) =>
    tf.avgPool(images as Tensor4D, [...kernel], [...stride], 'valid');
  if (isPixel(kernel)) return everyNth(x, stride, tf);
  if (!isPadded(padding)) return mean(x);
  const padded = tf.pad(x, [[0, 0], [...padding[0]], [...padding[1]], [0, 0]]);
  const y = mean(padded);
  const share = (axis: 0 | 1) => {
    const [size = NaN, count = NaN] = [x.shape[axis + 1], y.shape[axis + 1]];
    return Float32Array.from({ length: count }, (_, at) => {
      const start = at * stride[axis] - padding[axis][0];
      const onImage = Math.min(start + kernel[axis], size) - Math.max(start, 0);
      return kernel[axis] / onImage;
    });
  };
  const rows = tf.reshape(tf.tensor1d(share(0)), [-1, 1, 1]);
  return tf.mul(tf.mul(y, rows), tf.reshape(tf.tensor1d(share(1)), [-1, 1]));
}
