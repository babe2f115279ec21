import { imageShape, misfit } from './layers/layer-type.js';
import type { Convolution, Dense } from './network.js';
import { countWindows, pairOf, windowsOver, type Pair, type Windows } from './windows.js';

/**
 * A kernel's shape: rows, columns, input channels of a group, output channels; or a dense layer's inputs and
 * outputs.
 */
export function weightShapeOf(layer: Convolution | Dense, input: readonly number[]): number[] {
  const channels = input.at(-1) ?? 0;
  if (layer.type === 'dense') return [channels, layer.units];
  const { kernel, groups = 1, filters } = layer;
  return [...pairOf(kernel), channels / groups, filters];
}

/** The windows of a convolution over its input. */
export function windowsOf(
  { kernel, stride = 1, padding = 0 }: Convolution,
  [height = NaN, width = NaN]: readonly number[],
): Windows {
  return windowsOver([height, width], { kernel, stride, padding });
}

/**
 * A weight layer's output shape for one image.
 *
 * @param input shape of the layer's input: height, width, channels; or one axis after flattening
 * @throws MisfitError if the layer cannot read this shape
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
    if (count % groups > 0)
      throw misfit(layer, input, `a number of ${what} divisible by its ${groups} groups`);
  }
  return [...fittingWindows(layer, input, windowsOf(layer, input)), filters];
}

/**
 * The number of windows along rows and columns.
 *
 * @throws MisfitError if no window fits
 */
export function fittingWindows(
  layer: { readonly type: string; readonly name?: string },
  input: readonly number[],
  windows: Windows,
): Pair {
  const [height, width] = imageShape(layer, input);
  const counts = countWindows([height, width], windows);
  if (counts.every((count) => !(count < 1))) return counts;
  throw misfit(layer, input, `at least ${windows.kernel.join(' by ')} pixels, padding included`);
}

export function product(values: readonly number[]): number {
  return values.reduce((total, value) => total * value, 1);
}

/** The total number of elements of several arrays. */
export function sizeOfAll(arrays: readonly { readonly shape: readonly number[] }[]): number {
  return arrays.reduce((sum, { shape }) => sum + product(shape), 0);
}
