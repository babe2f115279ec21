import type { Convolution, Dense } from './network.js';

/**
 * Where a layer does not fit, the sizes of what it gives are not known, and are NaN: no comparison with them
 * finds a mistake, so that only what is wrong itself is told.
 */
export function outputIfMisfit(layer: Convolution | Dense): number[] {
  return layer.type === 'dense' ? [layer.units] : [NaN, NaN, layer.filters];
}

/** Sizes that are not known fit. */
export function fitTogether(a: readonly number[], b: readonly number[]): boolean {
  const isUnknown = (shape: readonly number[]) => shape.some(Number.isNaN);
  return isUnknown(a) || isUnknown(b) || a.join() === b.join();
}
