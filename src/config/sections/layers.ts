import { z } from 'zod';
import { activations } from '../../nn/activation.js';
import { count, padding, sizes } from '../../nn/layers/layer-type.js';
import { isPaddingSmall } from '../../nn/layers/pooling.js';
import { weightlessTypes } from '../../nn/layers/weightless-types.js';
import type { BatchNormKind, InitialWeights, Layer } from '../../nn/network.js';
import { word } from './text.js';

/**
 * The layers of a network of the user's own: what nn/network.ts describes, as a part of a config. What later
 * versions add has no default here: the layers with their defaults are what earlier runs are known by.
 */

/**
 * Bounds the length of a config that is printed with all its defaults: it has to be short enough to
 * be read again. The deepest networks in use have about 150 layers.
 */
const mostLayers = 200;

export const batchNormKind = z.enum(['folded', 'unfolded']) satisfies z.ZodType<BatchNormKind>;

export const initialWeights = z.enum(['uniform', 'he-normal']) satisfies z.ZodType<InitialWeights>;

const name = word.describe(
  'Names the layer in tables and files; no two layers of a network share one.',
);

const batchNorm = batchNormKind
  .exactOptional()
  .describe(
    'Batch norm in the bias’s place: folded, its scale goes into the weights before they are quantized, and training computes the layer twice; or unfolded, it follows the layer. Without the key there is a bias.',
  );

const activation = z
  .enum(activations)
  .exactOptional()
  .describe(
    'What follows: a ReLU, one that ends at 6, or none, so that what the layer gives is quantized on both sides of 0. Without the key a ReLU, but after the last layer of a list nothing.',
  );

const convolution = z
  .strictObject({
    type: z.literal('convolution'),
    name,
    filters: count(65536, 'Output channels.'),
    kernel: sizes(31, 'Height and width of the kernel, in pixels; or [rows, columns].'),
    stride: sizes(
      16,
      'Pixels from one window to the next, down and to the right; or [rows, columns].',
    ).default(1),
    padding: padding
      .default(0)
      .describe(
        'Zeros on each side, in pixels, fewer than the kernel has, or [rows, columns]; same: as many as give one window for each stride, an odd one at the end; valid: none.',
      ),
    groups: count(
      65536,
      'Groups of input channels, each read by as many of the filters; as many as input channels: a depthwise convolution. Without the key, one.',
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
    error: 'a number that divides the filters',
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
  .describe('A fully connected layer. It reads what a flatten or an average-pool gives.');

const weightless = weightlessTypes.map(({ schema }) => schema);

const branchLayers = z.array(z.discriminatedUnion('type', [convolution, dense, ...weightless]));

const residual = z
  .strictObject({
    type: z.literal('residual'),
    name,
    branch: branchLayers
      .min(1)
      .max(mostLayers)
      .describe('Layers in order, no residual among them.'),
    shortcut: branchLayers
      .max(mostLayers)
      .default([])
      .describe('The same; without layers it is what comes in.'),
    activation: z
      .enum(activations)
      .exactOptional()
      .describe(
        'What follows the sum: a ReLU, as without the key, one that ends at 6, or none, so that the sum is quantized on both sides of 0.',
      ),
  })
  .describe('The sum of a branch and a shortcut, then a ReLU. Both give the same shape.');

/**
 * At least one layer, with names of their own. The type says that nn/network.ts has all that the
 * schema has: an error here means that the two have parted.
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
        const message = 'a name that no layer before has';
        issues.push({ code: 'custom', input: value, path: [...path, 'name'], message });
      }
      names.add(layer.name);
    }
    if (all.length > mostLayers) {
      const message = `at most ${mostLayers} layers, those in residual blocks included`;
      issues.push({ code: 'custom', input: value, path: [], message });
    }
  });

interface Placed {
  readonly layer: Layer;
  readonly path: readonly (string | number)[];
}

/** All layers, those in residual blocks after their block. */
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
