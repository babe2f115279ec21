import type { RandomStream } from '../../random.js';
import type { Batch } from '../batch-maker.js';
import { mixup } from './mixup.js';
import { smoothedLabels } from './smoothed-labels.js';

/** A batch as a training step takes it. */
export interface StepBatch extends Batch {
  /** Where labels are soft: what the step's objective compares logits with, by images. */
  readonly targets?: Float32Array;
}

/** What makes labels soft. */
export interface Softening {
  readonly labelSmoothing?: number;
  readonly mixupAlpha?: number;
}

/** The batch with soft labels, its images mixed if they are to be. @param stream draws how */
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
