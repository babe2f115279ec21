import type { NamedTensors } from '../../compile/entry.js';
import type { PlacedBatch } from '../../data/placed-images.js';
import type { StepBatch } from '../../data/soft-labels/step-batch.js';
import type { StepMetrics, StepOptions } from '../learner.js';
import { dropoutMasks } from '../dropout.js';
import type { LearnerSettings } from '../learner-settings.js';
import { classLabels, expectedTensor } from '../objective.js';
import type { GateNoise, QuantizerState } from '../quantizer-state.js';
import { imageInputs } from '../step-images.js';

/** Where a network's ranges and gates are between its steps, and what moves them. */
export interface QuantizerHome {
  quantizers(): readonly QuantizerState[];
  setQuantizers(next: readonly QuantizerState[]): void;
  /** One step of training. @param t its number, from 1 */
  step(
    batch: StepBatch | PlacedBatch,
    noise: GateNoise,
    at: Required<StepOptions> & { readonly t: number },
  ): StepMetrics;
}

/** What a step is given of its batch. */
export function batchInputs(
  { plan, objective = classLabels, dropout }: LearnerSettings,
  batch: StepBatch | PlacedBatch,
  t: number,
): NamedTensors {
  return {
    ...imageInputs(batch, plan.imageShape),
    ...dropoutMasks(plan, batch.labels.length, t, dropout),
    labels: expectedTensor(objective, plan, batch),
  };
}
