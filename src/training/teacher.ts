import type { Batch } from '../data/batch-maker.js';
import type { StepBatch } from '../data/soft-labels/step-batch.js';

/** A trained network's logits for a batch, shape [batch, classes], row-major. */
export type Teacher = (batch: Batch) => Float32Array;

/** A batch with targets of shape [batch, 2, classes]: soft labels, then the teacher's logits. */
export function taught(batch: StepBatch, teacher: Teacher): StepBatch {
  const { targets = new Float32Array() } = batch;
  const logits = teacher(batch);
  const classes = targets.length / batch.labels.length;
  const both = new Float32Array(2 * targets.length);
  for (let row = 0; row < batch.labels.length; row++) {
    const [start, end] = [row * classes, (row + 1) * classes];
    both.set(targets.subarray(start, end), 2 * start);
    both.set(logits.subarray(start, end), 2 * start + classes);
  }
  return { ...batch, targets: both };
}
