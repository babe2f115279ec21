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

/** What a network's training is made of. */
export interface LearnerSettings {
  readonly plan: Plan;
  /** Where the network is quantized, and where its gates start; none: full precision. */
  readonly gates: readonly SiteSetup[];
  /** What open gates cost. */
  readonly price: PriceOf;
  readonly optimizers: Readonly<Record<'gates' | 'ranges', AdamSettings>> & {
    readonly weights: Optimizer;
  };
  readonly batchSizes: readonly number[];
  readonly evaluationSizes: readonly number[];
  readonly rangeImages: number;
  /** The training images, where they lie on the device. */
  readonly placed?: PlacedImages | undefined;
  readonly mode?: ProgramMode;
  /** What is trained; default: everything. */
  readonly learns?: readonly Learnable[];
  /** Frozen: batch norms are in training as at test time. */
  readonly batchNorm?: 'updated' | 'frozen';
  /** What steps compare logits with; default: each image's class. */
  readonly objective?: Objective;
  /** Decay of the running mean of the weights that is evaluated in their place; default: none is. */
  readonly averageWeights?: number | undefined;
  /** Needed where a network with dropouts is trained. */
  readonly dropout?: DropoutNoise;
}
