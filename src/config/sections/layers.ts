import { z } from 'zod';
import { activations } from '../../nn/activation.js';
import { count, padding, sizes } from '../../nn/layers/layer-type.js';
import { isPaddingSmall } from '../../nn/layers/pooling.js';
import { weightlessTypes } from '../../nn/layers/weightless-types.js';
import type { BatchNormKind, InitialWeights, Layer } from '../../nn/network.js';
import { word } from './text.js';

/**
 * The layers of the user's own network, as described by nn/network.ts. Keys of later versions have no default
 * here, because the layers with their defaults identify existing runs.
 */

/**
 * Bounds the length of a config printed with all defaults, which must parse again. The deepest networks
 * in use have about 150 layers.
 */
const mostLayers = 200;

export const batchNormKind = z.enum(['folded', 'unfolded']) satisfies z.ZodType<BatchNormKind>;

export const initialWeights = z.enum(['uniform', 'he-normal']) satisfies z.ZodType<InitialWeights>;

const name = word.describe('The layer’s name in tables and files, unique within the network.');

const batchNorm = batchNormKind
  .exactOptional()
  .describe(
    'Batch norm instead of a bias. folded: its scale multiplies the weights before quantization, and training computes the layer twice; unfolded: it follows the layer. Default: a bias.',
  );

const activation = z
  .enum(activations)
  .exactOptional()
  .describe(
    'The activation after the layer: relu, relu6 or none; with none, the output is quantized to signed values. Default: relu, but none after the last layer of a list.',
  );

const convolution = z
  .strictObject({
    type: z.literal('convolution'),
    name,
    filters: count(65536, 'Output channels.'),
    kernel: sizes(31, 'Height and width of the kernel, in pixels; or [rows, columns].'),
    stride: sizes(16, 'Stride in pixels, down and to the right; or [rows, columns].').default(1),
    padding: padding
      .default(0)
      .describe(
        'Zero padding on each side, in pixels, less than the kernel, or [rows, columns]. same: the output has ceil(size / stride) pixels; if the total padding is odd, the extra pixel is at the end; valid: no padding.',
      ),
    groups: count(
      65536,
      'Number of groups of input channels, each read by an equal share of the filters; with as many groups as input channels, a depthwise convolution. Default: 1.',
    ).exactOptional(),
    batchNorm,
    activation,
  })
  .refine(({ padding, kernel }) => isPaddingSmall({ size: kernel, padding }), {
    path: ['padding'],
    error: 'fewer pixels than the kernel has',
  })
  .refine(({ filters, groups = 1 }) => filters % groups === 0, {
    path: ['groups'],
    error: 'a divisor of the number of filters',
  })
  .describe('A two-dimensional convolution.');

const dense = z
  .strictObject({
    type: z.literal('dense'),
    name,
    units: count(65536, 'Outputs. The last layer of a network has one for each class.'),
    batchNorm,
    activation,
  })
  .describe('A fully connected layer. Its input comes from a flatten or an average-pool.');

const weightless = weightlessTypes.map(({ schema }) => schema);

const branchLayers = z.array(z.discriminatedUnion('type', [convolution, dense, ...weightless]));

const residual = z
  .strictObject({
    type: z.literal('residual'),
    name,
    branch: branchLayers
      .min(1)
      .max(mostLayers)
      .describe('Layers in order, without residual blocks.'),
    shortcut: branchLayers
      .max(mostLayers)
      .default([])
      .describe('Layers in order, without residual blocks; empty for the identity.'),
    activation: z
      .enum(activations)
      .exactOptional()
      .describe(
        'The activation after the sum: relu (default), relu6 or none; with none, the sum is quantized to signed values.',
      ),
  })
  .describe(
    'The sum of a branch and a shortcut with outputs of the same shape, then an activation.',
  );

/**
 * At least one layer, with unique names. A type error here means that the schema and nn/network.ts disagree.
 */
export const layers: z.ZodType<readonly Layer[]> = z
  .array(z.discriminatedUnion('type', [convolution, dense, ...weightless, residual]))
  .min(1)
  .max(mostLayers)
  .check(({ value, issues }) => {
    const names = new Set<string>();
    const all = placed(value);
    for (const { layer, path } of all) {
      if (!('name' in layer)) continue;
      if (names.has(layer.name)) {
        const message = 'a name that no earlier layer has';
        issues.push({ code: 'custom', input: value, path: [...path, 'name'], message });
      }
      names.add(layer.name);
    }
    if (all.length > mostLayers) {
      const message = `at most ${mostLayers} layers, including those in residual blocks`;
      issues.push({ code: 'custom', input: value, path: [], message });
    }
  });

interface Placed {
  readonly layer: Layer;
  readonly path: readonly (string | number)[];
}

/** All layers; those of a residual block follow the block. */
function placed(list: readonly Layer[], above: Placed['path'] = []): Placed[] {
  return list.flatMap((layer, i) => {
    const path = [...above, i];
    if (layer.type !== 'residual') return [{ layer, path }];
    const { branch, shortcut = [] } = layer;
    return [
      { layer, path },
      ...placed(branch, [...path, 'branch']),
      ...placed(shortcut, [...path, 'shortcut']),
    ];
  });
}
