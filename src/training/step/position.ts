import type { StepMetrics } from '../learner.js';
import type { Position } from '../trainer-state.js';

export const notBegun: Position = {
  epoch: 0,
  step: 0,
  images: 0,
  means: { loss: 0, crossEntropy: 0, regularizer: 0, accuracyPercent: 0 },
};

/** Position after another step. @param batch number of its images */
export function stepped(
  { epoch, step, images, means }: Position,
  { loss, crossEntropy, regularizer, correct }: StepMetrics,
  batch: number,
): Position {
  const all = images + batch;
  const updated = (mean: number, value: number) => mean + (value - mean) * (batch / all);
  return {
    epoch,
    step: step + 1,
    images: all,
    means: {
      loss: updated(means.loss, loss),
      crossEntropy: updated(means.crossEntropy, crossEntropy),
      regularizer: updated(means.regularizer, regularizer),
      accuracyPercent: updated(means.accuracyPercent, (100 * correct) / batch),
    },
  };
}

/** Describe the loss of a diverged step. */
export function lossInWords({ crossEntropy, notFinite }: StepMetrics): string {
  const first =
    notFinite === undefined ? '' : `; the first tensor that is not finite: ${notFinite}`;
  return `the cross entropy is ${crossEntropy}${first}`;
}
