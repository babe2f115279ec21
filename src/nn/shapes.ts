import type { BranchLayer, Convolution, Dense } from './network.js';

/** Rows, columns, input and output channels of a kernel; inputs and outputs of a dense layer. */
export function weightShapeOf(layer: Convolution | Dense, input: readonly number[]): number[] {
  const channels = input.at(-1) ?? 0;
  return layer.type === 'dense'
    ? [channels, layer.units]
    : [layer.kernel, layer.kernel, channels, layer.filters];
}

/**
 * The shape of what a layer gives for one image.
 *
 * @param input shape of what it reads: height, width, channels; or one axis once it is flat
 * @throws Error if the layer cannot read that
 */
export function outputShapeOf(layer: BranchLayer, input: readonly number[]): readonly number[] {
  if (layer.type === 'flatten') return [product(input)];
  if (layer.type === 'dense') {
    if (input.length !== 1)
      throw misfit(layer, input, 'a flat input; put a flatten layer before it');
    return [layer.units];
  }
  const [height, width, channels] = input;
  if (height === undefined || width === undefined || channels === undefined) {
    throw misfit(layer, input, 'an image of height, width and channels');
  }
  switch (layer.type) {
    case 'average-pool':
      return [channels];
    case 'max-pool':
      if (height % layer.size !== 0 || width % layer.size !== 0) {
        throw misfit(layer, input, `a height and a width that ${layer.size} divides`);
      }
      return [height / layer.size, width / layer.size, channels];
    case 'subsample':
      if (layer.channels < channels || (layer.channels - channels) % 2 !== 0) {
        throw misfit(layer, input, `at most ${layer.channels} channels, and an even number less`);
      }
      return [Math.ceil(height / layer.stride), Math.ceil(width / layer.stride), layer.channels];
    case 'convolution': {
      const { kernel, stride = 1, padding = 0 } = layer;
      const along = (size: number) => Math.floor((size + 2 * padding - kernel) / stride) + 1;
      if (along(height) < 1 || along(width) < 1) {
        throw misfit(layer, input, `at least ${kernel} by ${kernel} pixels with its padding`);
      }
      return [along(height), along(width), layer.filters];
    }
  }
}

function misfit(layer: BranchLayer, input: readonly number[], expected: string): Error {
  const name = 'name' in layer ? ` "${layer.name}"` : '';
  return new Error(`${layer.type} layer${name} reads [${input.join(', ')}]; expected ${expected}`);
}

export function product(values: readonly number[]): number {
  return values.reduce((total, value) => total * value, 1);
}

/** How many numbers some arrays have together. */
export function sizeOfAll(arrays: readonly { readonly shape: readonly number[] }[]): number {
  return arrays.reduce((sum, { shape }) => sum + product(shape), 0);
}
