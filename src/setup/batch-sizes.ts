import type { PlacedImages } from '../data/placed-images.js';

/** The sizes, and the images, that a run's programs are made for. */
export interface PhaseSizes {
  /** The training images, where they lie on the device. */
  readonly placed?: PlacedImages | undefined;
  readonly batchSizes: readonly number[];
  readonly evaluationSizes: readonly number[];
  /** Images that initial ranges are set from. */
  readonly rangeImages: number;
  readonly stepsPerEpoch: number;
}

/** Images at a time in an evaluation: enough for speed, few enough for the memory. */
const largestBatch = 250;

/** The batch sizes in which so many images are evaluated. */
export function evaluationSizes(count: number): number[] {
  return sizesOf(count, Math.min(largestBatch, count));
}

/** The sizes of batches that cover so many images: the usual one, and what remains. */
export function sizesOf(count: number, size: number): number[] {
  const rest = count % size;
  return rest === 0 ? [size] : [size, rest];
}
