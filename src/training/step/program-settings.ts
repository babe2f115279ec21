import type { ProgramMode } from '../../compile/entry.js';
import type { Learnable } from '../../config/learnable.js';
import type { PlacedImages } from '../../data/placed-images.js';
import type { Plan, QuantizerSite } from '../../nn/plan.js';
import type { Objective } from '../objective.js';
import type { DeviceQuantizers } from '../on-device/device-quantizers.js';
import type { Optimizer } from '../optimizers/optimizers.js';

export interface ProgramSettings {
  readonly plan: Plan;
  /** The quantizers that there are; at all other places the network is in full precision. */
  readonly sites: readonly QuantizerSite[];
  readonly optimizer: Optimizer;
  /** Ranges and gates, where they are on the device in training; else the host has them. */
  readonly onDevice?: DeviceQuantizers | undefined;
  /** Default: everything. */
  readonly learns?: readonly Learnable[] | undefined;
  /** Frozen: batch norms are in training as at test time. Default: updated. */
  readonly batchNorm?: 'updated' | 'frozen' | undefined;
  /** What steps compare logits with; default: each image's class. */
  readonly objective?: Objective | undefined;
  /** Whether running means of variables and statistics are kept, and evaluated; see average.ts. */
  readonly isAveraged?: boolean | undefined;
  /** Batch sizes that are trained on. */
  readonly batchSizes: readonly number[];
  /** Batch sizes that are evaluated. */
  readonly evaluationSizes: readonly number[];
  /** Images that initial ranges are set from. */
  readonly rangeImages: number;
  /** The training images, where they lie on the device. */
  readonly placed?: PlacedImages | undefined;
  readonly mode?: ProgramMode;
}
