import type { Activation } from '../nn/activation.js';
import type { WeightlessLayer } from '../nn/layers/type-of.js';
import type { Margins, Sizes } from '../nn/windows.js';

/**
 * A trained network with its gates fixed and its dropped channels taken out, for inference: every
 * weight a whole number, no batch norm, nothing of what only training needs.
 *
 * A layer computes, for its whole numbers w, one scale, and a factor for each output channel where
 * batch norm left one,
 *
 *     y = factor (scale w * x) + bias
 *
 * and a quantized ReLU `step * clamp(round(y / step), 0, 2^bits - 1)`, ties to even. The bias carries what
 * dropped channels, which emit constants, gave to each pixel: with zeros around the image, less of it
 * arrives at the border, so that rows and columns there have biases of their own.
 */
export interface DeployedNetwork {
  readonly name: string;
  /** Height, width, channels. */
  readonly imageShape: readonly number[];
  readonly steps: readonly DeployedStep[];
}

export type DeployedStep = DeployedLayer | DeployedResidual | WeightlessLayer;

/** A convolution or fully connected layer. Tensors are named. */
export interface DeployedLayer {
  readonly type: 'convolution' | 'dense';
  readonly name: string;
  /** Of a convolution; of rows and columns where they differ. */
  readonly stride?: Sizes;
  /** Of a convolution: zeros on each side, in pixels; before and after rows and columns where they differ. */
  readonly padding?: number | Margins;
  /** Of a convolution in groups: how many, or where they differ the sizes of each; absent: one. */
  readonly groups?: number | GroupSizes;
  /** Rows and columns, where the groups differ and the weight has one axis. */
  readonly kernel?: readonly number[];
  /** Of one image, channels last. */
  readonly outputShape: readonly number[];
  /** Which of the trained network's output channels these are. */
  readonly channels: readonly number[];
  /** Of the weights; null: full precision. */
  readonly weightBits: number | null;
  readonly weight: string;
  /** Of shape [1]. */
  readonly scale: string;
  /** Of shape [channels]; absent: 1. */
  readonly factor?: string;
  /** Of shape [channels]; with the next two, of shape [patterns of rows, patterns of columns, channels]. */
  readonly bias: string;
  /** Of shape [height]: which pattern each row has. */
  readonly biasRows?: string;
  /** Of shape [width]. */
  readonly biasColumns?: string;
  /** What follows it; null: nothing. */
  readonly activation: DeployedActivation | null;
}

/** Input and output channels of each group that has any left, in order. */
export type GroupSizes = readonly (readonly [inputs: number, outputs: number])[];

/** The sum of a branch and a shortcut, which may have dropped different channels. */
export interface DeployedResidual {
  readonly type: 'residual';
  readonly name: string;
  readonly branch: readonly DeployedStep[];
  readonly shortcut: readonly DeployedStep[];
  /** Of one image, channels last. */
  readonly outputShape: readonly number[];
  /** Which of the trained network's channels the sum's are. */
  readonly channels: readonly number[];
  /** Where each channel of the branch is in the sum, from 0. */
  readonly branchChannels: readonly number[];
  readonly shortcutChannels: readonly number[];
  /** Of shape [channels]: what dropped channels add to the sum; absent: nothing. */
  readonly constant?: string;
  readonly activation: DeployedActivation;
}

/** A ReLU, or what else is said. Of at most 16 bits it is rounded; at 32 bits `min(max(y, 0), beta)`. */
export interface DeployedActivation {
  /** null: full precision, a ReLU alone. */
  readonly bits: number | null;
  /** End of the range. */
  readonly beta: number | null;
  /** `beta / (2^bits - 1)`, twice that if signed; null at 32 bits. */
  readonly step: number | null;
  /** relu6: a ReLU of `min(y, 6)`; none: no ReLU, and the grid is signed; absent: relu. */
  readonly function?: Exclude<Activation, 'relu'>;
}

/** Numbers in row-major order. Whole ones are integers of the least size that holds their bits. */
export interface DeployedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int8Array | Int16Array;
}

/** A quantizer at test time, its gates all 0 or 1. */
export interface FixedQuantizer {
  /** null: neither clipped nor rounded. */
  readonly bits: number | null;
  /** End of the range. */
  readonly beta: number;
  /** Which output channels are kept; empty: all. */
  readonly keptChannels: readonly boolean[];
}
