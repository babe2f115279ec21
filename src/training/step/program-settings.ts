import type { ProgramMode } from '../../compile/entry.js';
import type { Learnable } from '../../config/learnable.js';
import type { PlacedImages } from '../../data/placed-images.js';
import type { Plan, QuantizerSite } from '../../nn/plan.js';
import type { Objective } from '../objective.js';
import type { DeviceQuantizers } from '../on-device/device-quantizers.js';
import type { Optimizer } from '../optimizers/optimizers.js';

export interface ProgramSettings {
  readonly plan: Plan;
  /** Sites of all quantizers; the rest of the network is in full precision. */
  readonly sites: readonly QuantizerSite[];
  readonly optimizer: Optimizer;
  /** Ranges and gates if they are on the device in training; absent if the host has them. */
  readonly onDevice?: DeviceQuantizers | undefined;
  /** Default: everything learns. */
  readonly learns?: readonly Learnable[] | undefined;
  /** Frozen: batch norms behave in training as at test time. Default: updated. */
  readonly batchNorm?: 'updated' | 'frozen' | undefined;
  /** Training objective; default: cross entropy with each image's class. */
  readonly objective?: Objective | undefined;
  /** Whether moving averages of variables and statistics are kept and evaluated; see average.ts. */
  readonly isAveraged?: boolean | undefined;
  /** Batch sizes of training steps. */
  readonly batchSizes: readonly number[];
  /** Batch sizes of evaluations. */
  readonly evaluationSizes: readonly number[];
  /** Number of images from which ranges are initialized. */
  readonly rangeImages: number;
  /** The training images if they are on the device. */
  readonly placed?: PlacedImages | undefined;
  readonly mode?: ProgramMode;
}
