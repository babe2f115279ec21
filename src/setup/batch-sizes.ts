import type { PlacedImages } from '../data/placed-images.js';

/** The batch sizes and images for which a run's programs are compiled. */
export interface PhaseSizes {
  /** The training images, if they are placed on the device. */
  readonly placed?: PlacedImages | undefined;
  readonly batchSizes: readonly number[];
  readonly evaluationSizes: readonly number[];
  /** The number of images that initial ranges are set from. */
  readonly rangeImages: number;
  readonly stepsPerEpoch: number;
}

/** Evaluation batch size: large enough for speed, small enough for memory. */
const largestBatch = 250;

/** The batch sizes that an evaluation of this many images needs. */
export function evaluationSizes(count: number): number[] {
  return sizesOf(count, Math.min(largestBatch, count));
}

/** The batch sizes that cover this many images: the usual one and the remainder. */
export function sizesOf(count: number, size: number): number[] {
  const rest = count % size;
  return rest === 0 ? [size] : [size, rest];
}
