import type { Convolution, Dense } from './network.js';

/**
 * A layer's output shape after a misfit. Sizes left unknown are NaN: comparisons with them report no mistake,
 * so that only the cause is reported.
 */
export function outputIfMisfit(layer: Convolution | Dense): number[] {
  return layer.type === 'dense' ? [layer.units] : [NaN, NaN, layer.filters];
}

/** Compare sizes; an unknown size fits any other. */
export function fitTogether(a: readonly number[], b: readonly number[]): boolean {
  const isUnknown = (shape: readonly number[]) => shape.some(Number.isNaN);
  return isUnknown(a) || isUnknown(b) || a.join() === b.join();
}
