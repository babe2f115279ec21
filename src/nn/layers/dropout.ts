import { z } from 'zod';
import type { LayerType } from './layer-type.js';

/**
 * In training, set each value to 0 with probability `rate` and divide the others by `1 - rate`; at test time
 * do nothing (Srivastava et al., JMLR 2014). The masks are inputs of the forward pass.
 */
export interface Dropout {
  readonly type: 'dropout';
  readonly rate: number;
}

export const dropoutType: LayerType<Dropout> = {
  schema: z
    .strictObject({
      type: z.literal('dropout'),
      rate: z
        .number()
        .positive()
        .lt(1)
        .describe('The probability that a value is set to 0 in a training step.'),
    })
    .describe(
      'Set random values to 0 in training and scale the others accordingly; do nothing at test time.',
    ),
  outputShape: (_layer, input) => input,
  apply: (_layer, x) => x,
  deployed: () => undefined,
};
