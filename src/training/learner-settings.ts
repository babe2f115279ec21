import type { PriceOf } from '../bayesian-bits/price.js';
import type { ProgramMode } from '../compile/entry.js';
import type { Learnable } from '../config/learnable.js';
import type { PlacedImages } from '../data/placed-images.js';
import type { Plan } from '../nn/plan.js';
import type { SiteSetup } from '../setup/gate-setup.js';
import type { DropoutNoise } from './dropout.js';
import type { Objective } from './objective.js';
import type { AdamSettings } from './optimizers/adam.js';
import type { Optimizer } from './optimizers/optimizers.js';

/** The parts of a network's training. */
export interface LearnerSettings {
  readonly plan: Plan;
  /** The quantizers with their initial gates; empty for full precision. */
  readonly gates: readonly SiteSetup[];
  /** The price of open gates. */
  readonly price: PriceOf;
  readonly optimizers: Readonly<Record<'gates' | 'ranges', AdamSettings>> & {
    readonly weights: Optimizer;
  };
  readonly batchSizes: readonly number[];
  readonly evaluationSizes: readonly number[];
  readonly rangeImages: number;
  /** The training images, if they are placed on the device. */
  readonly placed?: PlacedImages | undefined;
  readonly mode?: ProgramMode;
  /** The parameters to train; default: all. */
  readonly learns?: readonly Learnable[];
  /** Frozen: batch norms use their running statistics in training, too. */
  readonly batchNorm?: 'updated' | 'frozen';
  /** The objective of training steps; default: cross entropy with each image's class. */
  readonly objective?: Objective;
  /** Decay of the weights' moving average, which replaces them in evaluation; default: none. */
  readonly averageWeights?: number | undefined;
  /** Required to train a network with dropout. */
  readonly dropout?: DropoutNoise;
}
