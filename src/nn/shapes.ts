import { imageShape, misfit } from './layers/layer-type.js';
import type { Convolution, Dense } from './network.js';
import { countWindows, pairOf, windowsOver, type Pair, type Windows } from './windows.js';

/**
 * Rows, columns, input channels of a group and output channels of a kernel; inputs and outputs of a dense
 * layer.
 */
export function weightShapeOf(layer: Convolution | Dense, input: readonly number[]): number[] {
  const channels = input.at(-1) ?? 0;
  if (layer.type === 'dense') return [channels, layer.units];
  const { kernel, groups = 1, filters } = layer;
  return [...pairOf(kernel), channels / groups, filters];
}

/** A convolution's windows over the images that it reads. */
export function windowsOf(
  { kernel, stride = 1, padding = 0 }: Convolution,
  [height = NaN, width = NaN]: readonly number[],
): Windows {
  return windowsOver([height, width], { kernel, stride, padding });
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
  const [, , channels] = imageShape(layer, input);
  const { groups = 1, filters } = layer;
  for (const [what, count] of Object.entries({ channels, filters })) {
    if (count % groups > 0) throw misfit(layer, input, `${what} that ${groups} groups divide`);
  }
  return [...fittingWindows(layer, input, windowsOf(layer, input)), filters];
}

/**
 * How many windows there are along rows and columns.
 *
 * @throws MisfitError if there is none
 */
export function fittingWindows(
  layer: { readonly type: string; readonly name?: string },
  input: readonly number[],
  windows: Windows,
): Pair {
  const [height, width] = imageShape(layer, input);
  const counts = countWindows([height, width], windows);
  if (counts.every((count) => !(count < 1))) return counts;
  throw misfit(layer, input, `at least ${windows.kernel.join(' by ')} pixels with its padding`);
}

export function product(values: readonly number[]): number {
  return values.reduce((total, value) => total * value, 1);
}

/** How many numbers some arrays have together. */
export function sizeOfAll(arrays: readonly { readonly shape: readonly number[] }[]): number {
  return arrays.reduce((sum, { shape }) => sum + product(shape), 0);
}
