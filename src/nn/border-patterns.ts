import type { WeightedLayer } from './plan.js';

/**
 * What of a convolution's window lies on the image: with zeros around it, less of it at the border. For
 * each output row the number of its pattern, from 0 in the order of the rows; the same for columns. Where
 * a layer reads one value at every pixel, outputs of the same patterns are the same.
 */
export interface BorderPatterns {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/**
 * @param kernel rows and columns of the layer's weight
 * @returns undefined for a dense layer, which has no window
 */
export function borderPatterns(
  { geometry, inputShape, outputShape }: WeightedLayer,
  kernel: readonly number[],
): BorderPatterns | undefined {
  if (geometry.type === 'dense') return undefined;
  const { stride, padding } = geometry;
  const along = (axis: 0 | 1) => {
    const [image = NaN, window = NaN] = [inputShape[axis], kernel[axis]];
    const cuts = Array.from({ length: outputShape[axis] ?? 0 }, (_, at) => {
      const start = at * stride[axis] - padding[axis][0];
      return `${Math.max(0, -start)} ${Math.max(0, start + window - image)}`;
    });
    const distinct = [...new Set(cuts)];
    return cuts.map((cut) => distinct.indexOf(cut));
  };
  return { rows: along(0), columns: along(1) };
}

/** How many patterns there are along an axis. */
export function countPatterns(along: readonly number[]): number {
  return new Set(along).size;
}
