import { z } from 'zod';
import type { LayerType } from '../../src/nn/layers/layer-type.js';

/** Multiplies its input by a fixed number, which is not learned. */
export interface Scale {
  readonly type: 'scale';
  readonly factor: number;
}

export const scaleType: LayerType<Scale> = {
  schema: z
    .strictObject({
      type: z.literal('scale'),
      factor: z.number().positive().describe('What everything is multiplied by.'),
    })
    .describe('Everything times a number.'),
  outputShape: (_layer, input) => input,
  apply: ({ factor }, x, tf) => tf.mul(x, factor),
  constant: ({ factor }, value) => factor * value,
};
