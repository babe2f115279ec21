import { z } from 'zod';
import { word } from './text.js';

/** The config section of quantization and pruning. */

const width = (what: string) => z.literal(['learned', 'none', 2, 4, 8, 16, 32]).describe(what);

export const quantization = z
  .strictObject({
    weights: width(
      'Bits of all weights: learned, a fixed width, or none for full precision.',
    ).default('learned'),
    activations: width(
      'Bits of all activations, chosen like those of weights. If nothing is quantized, the network’s input also counts as 32 bits.',
    ).default('learned'),
    layers: z
      .array(
        z.strictObject({
          layer: word.describe('The name of a layer or residual block, as bbits inspect shows it.'),
          weights: width('Bits of its weights, instead of quantization.weights.').exactOptional(),
          activations: width(
            'Bits of its output, instead of quantization.activations.',
          ).exactOptional(),
        }),
      )
      .max(400)
      .default([])
      .describe('Exceptions for single layers, such as {layer: conv1, weights: 8}.'),
    channels: z
      .enum(['learned', 'all'])
      .default('learned')
      .describe('Output channels to keep: learned, or all.'),
    smallest: z
      .literal([2, 4, 8, 16, 32])
      .default(2)
      .describe(
        'The smallest bit width that can be learned: every tensor has at least as many bits.',
      ),
    largest: z
      .literal([2, 4, 8, 16, 32])
      .default(32)
      .describe('The largest bit width that can be learned.'),
  })
  .prefault({})
  .describe('What is quantized and pruned, and which parts are learned.');
