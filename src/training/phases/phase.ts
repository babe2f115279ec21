import type { Plan } from '../../nn/plan.js';
import type { BudgetState } from '../budget.js';
import type { Learner, StepOptions } from '../learner.js';
import type { GateNoise } from '../quantizer-state.js';

/** A stretch of training with one network and one way to move its parameters. */
export interface Phase {
  readonly plan: Plan;
  readonly learner: Learner;
  readonly noise: GateNoise;
  /**
   * What the next step is done with.
   *
   * @param done epochs of the phase, parts included
   */
  beforeStep(done: number): StepOptions;
  /** Whether `beforeStep` would read or set the quantizers, so that the steps before have to be over. */
  needsHost(done: number): boolean;
  /** Only where there is a budget: what is known of it from step to step. */
  readonly budget?: { state: BudgetState };
}
