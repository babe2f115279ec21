import { z } from 'zod';
import { everyNth } from './every-nth.js';
import { count, imageShape, misfit, type LayerType } from './layer-type.js';

/**
 * A parameter-free shortcut to more channels (He et al., CVPR 2016, option A): every `stride`-th pixel of
 * each row and column, from the first; half of the added zero channels precede the input's, half follow.
 */
export interface Subsample {
  readonly type: 'subsample';
  readonly stride: number;
  /** Output channels; default, as in an exported network: the input's. */
  readonly channels?: number;
}

export const subsampleType: LayerType<Subsample> = {
  schema: z
    .strictObject({
      type: z.literal('subsample'),
      stride: count(16, 'Takes every n-th pixel of each row and column, where n is the stride.'),
      channels: count(
        65536,
        'Output channels: the input channels plus an even number, half of them added before and half after.',
      ),
    })
    .describe(
      'A parameter-free shortcut to smaller images with more channels; added channels are zero.',
    ),

  outputShape(layer, input) {
    const [height, width, before] = imageShape(layer, input);
    const { stride, channels = before } = layer;
    if (channels < before || (channels - before) % 2 !== 0) {
      const parity = channels % 2 === 0 ? 'an even' : 'an odd';
      throw misfit(layer, input, `${parity} number of channels, at most ${channels}`);
    }
    return [Math.ceil(height / stride), Math.ceil(width / stride), channels];
  },

  channels: ({ channels = NaN }, input) => ({ count: channels, first: (channels - input) / 2 }),

  apply({ stride, channels }, x, tf) {
    const before = x.shape[3] ?? NaN;
    const added = ((channels ?? before) - before) / 2;
    const pixels = everyNth(x, [stride, stride], tf);
    return tf.pad(pixels, [
      [0, 0],
      [0, 0],
      [0, 0],
      [added, added],
    ]);
  },

  deployed: ({ type, stride }) => ({ type, stride }),
};
