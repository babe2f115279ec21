import { z } from 'zod';
import { word } from './text.js';

/** What is quantized and pruned: a part of the config. */

const width = (what: string) => z.literal(['learned', 'none', 2, 4, 8, 16, 32]).describe(what);

export const quantization = z
  .strictObject({
    weights: width(
      'Bits of all weights: learned, a width that stays as it is, or none, full precision.',
    ).default('learned'),
    activations: width(
      'The same of all activations. Where nothing at all is quantized, the input counts as 32 bits too.',
    ).default('learned'),
    layers: z
      .array(
        z.strictObject({
          layer: word.describe(
            'A layer’s name, or that of a residual block: bbits inspect shows them.',
          ),
          weights: width('Bits of its weights, instead of quantization.weights.').exactOptional(),
          activations: width(
            'Bits of what it gives, instead of quantization.activations.',
          ).exactOptional(),
        }),
      )
      .max(400)
      .default([])
      .describe('Layers that are an exception, as in {layer: conv1, weights: 8}.'),
    channels: z
      .enum(['learned', 'all'])
      .default('learned')
      .describe('Which output channels are kept: learned, or all of them.'),
    smallest: z
      .literal([2, 4, 8, 16, 32])
      .default(2)
      .describe(
        'The smallest width that can be learned: the first of the chain, which is always there.',
      ),
    largest: z
      .literal([2, 4, 8, 16, 32])
      .default(32)
      .describe('The largest width that can be learned.'),
  })
  .prefault({})
  .describe('What is quantized and pruned, and which of it is learned.');
