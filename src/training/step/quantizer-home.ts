import type { NamedTensors } from '../../compile/entry.js';
import type { PlacedBatch } from '../../data/placed-images.js';
import type { StepBatch } from '../../data/soft-labels/step-batch.js';
import type { GivenStep, StepMetrics } from '../learner.js';
import { dropoutMasks } from '../dropout.js';
import type { LearnerSettings } from '../learner-settings.js';
import { classLabels, expectedTensor } from '../objective.js';
import type { GateNoise, QuantizerState } from '../quantizer-state.js';
import { imageInputs } from '../step-images.js';

/** Keeps a network's ranges and gates between steps, and updates them in each step. */
export interface QuantizerHome {
  quantizers(): readonly QuantizerState[];
  setQuantizers(next: readonly QuantizerState[]): void;
  /** Maximum number of steps in one call, for a batch size. */
  mostSteps(batchSize: number): number;
  /**
   * Perform training steps, ending after the first with a non-finite value.
   *
   * @param given in step order, at most `mostSteps`; lazy, since each step draws random numbers
   * @param t number of the first step, from 1
   */
  steps(given: Iterable<GivenStep>, noise: GateNoise, t: number): StepMetrics[];
}

/** Inputs that a step derives from its batch. */
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
