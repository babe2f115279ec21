import type { NamedTensors } from '../../compile/entry.js';
import type { PlacedBatch } from '../../data/placed-images.js';
import type { StepBatch } from '../../data/soft-labels/step-batch.js';
import type { GivenStep, StepMetrics } from '../learner.js';
import { dropoutMasks } from '../dropout.js';
import type { LearnerSettings } from '../learner-settings.js';
import { classLabels, expectedTensor } from '../objective.js';
import type { GateNoise, QuantizerState } from '../quantizer-state.js';
import { imageInputs } from '../step-images.js';

/** Where a network's ranges and gates are between its steps, and what moves them. */
export interface QuantizerHome {
  quantizers(): readonly QuantizerState[];
  setQuantizers(next: readonly QuantizerState[]): void;
  /** Steps that one call can do, on batches of that size. */
  mostSteps(batchSize: number): number;
  /**
   * Steps of training, until one breaks down: nothing was done after it.
   *
   * @param given in the order of the steps, at most `mostSteps`; made one by one, since they draw random numbers
   * @param t number of the first step, from 1
   */
  steps(given: Iterable<GivenStep>, noise: GateNoise, t: number): StepMetrics[];
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
