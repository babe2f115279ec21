import type { WeightedLayer } from './plan.js';

/**
 * The zero-padding pattern of a convolution's output positions: which part of the window lies on the image.
 * Each output row has a pattern number, counted from 0 in row order; columns likewise. On a constant image,
 * output positions with the same patterns have the same value.
 */
export interface BorderPatterns {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/**
 * Number the border patterns of a layer.
 *
 * @param kernel rows and columns of the weight
 * @returns undefined for a dense layer
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

/** The number of patterns along an axis. */
export function countPatterns(along: readonly number[]): number {
  return new Set(along).size;
}
