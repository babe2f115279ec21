import type { Plan } from '../../nn/plan.js';
import type { BudgetState } from '../budget.js';
import type { Learner, StepOptions } from '../learner.js';
import type { GateNoise } from '../quantizer-state.js';

/** A part of training with one network and one configuration of optimizers. */
export interface Phase {
  readonly plan: Plan;
  readonly learner: Learner;
  readonly noise: GateNoise;
  /**
   * Options of the next step.
   *
   * @param done epochs of the phase, with fractions
   */
  beforeStep(done: number): StepOptions;
  /** Whether `beforeStep` would read or set the quantizers, which requires the preceding steps' results. */
  needsHost(done: number): boolean;
  /** Present if there is a budget: its state from step to step. */
  readonly budget?: { state: BudgetState };
}
