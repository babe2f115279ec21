import { imageShape, misfit } from './layers/layer-type.js';
import type { Convolution, Dense } from './network.js';

/** Rows, columns, input and output channels of a kernel; inputs and outputs of a dense layer. */
export function weightShapeOf(layer: Convolution | Dense, input: readonly number[]): number[] {
  const channels = input.at(-1) ?? 0;
  return layer.type === 'dense'
    ? [channels, layer.units]
    : [layer.kernel, layer.kernel, channels, layer.filters];
}

/**
 * The shape of what a layer with weights gives for one image.
 *
 * @param input shape of what it reads: height, width, channels; or one axis once it is flat
 * @throws MisfitError if the layer cannot read that
 */
export function outputShapeOf(layer: Convolution | Dense, input: readonly number[]): number[] {
  if (layer.type === 'dense') {
    if (input.length !== 1)
      throw misfit(layer, input, 'a flat input; put a flatten layer before it');
    return [layer.units];
  }
  const [height, width] = imageShape(layer, input);
  const { kernel, stride = 1, padding = 0 } = layer;
  const along = (size: number) => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  if (along(height) < 1 || along(width) < 1) {
    throw misfit(layer, input, `at least ${kernel} by ${kernel} pixels with its padding`);
  }
  return [along(height), along(width), layer.filters];
}

export function product(values: readonly number[]): number {
  return values.reduce((total, value) => total * value, 1);
}

/** How many numbers some arrays have together. */
export function sizeOfAll(arrays: readonly { readonly shape: readonly number[] }[]): number {
  return arrays.reduce((sum, { shape }) => sum + product(shape), 0);
}
