import type { RandomStream } from '../../random.js';
import type { Batch } from '../batch-maker.js';
import { mixup } from './mixup.js';
import { smoothedLabels } from './smoothed-labels.js';

/** The batch of a training step. */
export interface StepBatch extends Batch {
  /** Soft labels of each image, if the step's objective uses them. */
  readonly targets?: Float32Array;
}

/** How labels are softened. */
export interface Softening {
  readonly labelSmoothing?: number;
  readonly mixupAlpha?: number;
}

/** The batch with soft labels and, if configured, mixed images. @param stream source of the draws */
export function softened(
  { images, labels }: Batch,
  classes: number,
  { labelSmoothing = 0, mixupAlpha }: Softening,
  stream: RandomStream,
): StepBatch {
  const targets = smoothedLabels(labels, classes, labelSmoothing);
  if (mixupAlpha === undefined) return { images, labels, targets };
  return { labels, ...mixup({ images, targets }, labels.length, mixupAlpha, stream) };
}
