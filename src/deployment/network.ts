import type { Activation } from '../nn/activation.js';
import type { WeightlessLayer } from '../nn/layers/type-of.js';
import type { Margins, Sizes } from '../nn/windows.js';

/**
 * A trained network for inference: gates fixed, dropped channels and batch norms removed, integer weights.
 *
 * A layer computes, with integers w, one scale, and a factor per output channel if batch norm left one,
 *
 *     y = factor (scale w * x) + bias
 *
 * and a quantized ReLU `step * clamp(round(y / step), 0, 2^bits - 1)`, ties to even. The bias includes the
 * contributions of dropped channels, which emit constants. Zero padding reduces them at the border, so that
 * rows and columns there have biases of their own.
 */
export interface DeployedNetwork {
  readonly name: string;
  /** Height, width and channels. */
  readonly imageShape: readonly number[];
  readonly steps: readonly DeployedStep[];
}

export type DeployedStep = DeployedLayer | DeployedResidual | WeightlessLayer;

/** A convolution or fully connected layer. Tensors are given by name. */
export interface DeployedLayer {
  readonly type: 'convolution' | 'dense';
  readonly name: string;
  /** A convolution's stride; a pair if rows and columns differ. */
  readonly stride?: Sizes;
  /** A convolution's zero padding in pixels; before and after rows and columns if they differ. */
  readonly padding?: number | Margins;
  /** The number of groups, or the size of each if they differ; absent for one group. */
  readonly groups?: number | GroupSizes;
  /** Kernel rows and columns, if groups differ and the weight has one axis. */
  readonly kernel?: readonly number[];
  /** Output shape of one image, channels last. */
  readonly outputShape: readonly number[];
  /** Indices of its output channels among those of the trained layer. */
  readonly channels: readonly number[];
  /** Bits of the weights; null for full precision. */
  readonly weightBits: number | null;
  readonly weight: string;
  /** Shape [1]. */
  readonly scale: string;
  /** Shape [channels]; absent means 1. */
  readonly factor?: string;
  /** Shape [channels]; with `biasRows` and `biasColumns`, [row patterns, column patterns, channels]. */
  readonly bias: string;
  /** The pattern of each row, shape [height]. */
  readonly biasRows?: string;
  /** The pattern of each column, shape [width]. */
  readonly biasColumns?: string;
  /** The activation; null for none. */
  readonly activation: DeployedActivation | null;
}

/** Numbers of input and output channels of each group that keeps any, in order. */
export type GroupSizes = readonly (readonly [inputs: number, outputs: number])[];

/** The sum of a branch and a shortcut, which may have dropped different channels. */
export interface DeployedResidual {
  readonly type: 'residual';
  readonly name: string;
  readonly branch: readonly DeployedStep[];
  readonly shortcut: readonly DeployedStep[];
  /** Output shape of one image, channels last. */
  readonly outputShape: readonly number[];
  /** Indices of the sum's channels among those of the trained sum. */
  readonly channels: readonly number[];
  /** The position in the sum of each of the branch's channels, from 0. */
  readonly branchChannels: readonly number[];
  readonly shortcutChannels: readonly number[];
  /** The constants that dropped channels add to the sum, shape [channels]; absent for none. */
  readonly constant?: string;
  readonly activation: DeployedActivation;
}

/** An activation, by default a ReLU: quantized with at most 16 bits; `min(max(y, 0), beta)` at 32 bits. */
export interface DeployedActivation {
  /** null for full precision, without quantization. */
  readonly bits: number | null;
  /** The end of the range; null in full precision. */
  readonly beta: number | null;
  /** `beta / (2^bits - 1)`, twice that if signed; null at 32 bits and in full precision. */
  readonly step: number | null;
  /** relu6: a ReLU of `min(y, 6)`; none: no ReLU and a signed grid; absent: relu. */
  readonly function?: Exclude<Activation, 'relu'>;
}

/** A row-major array. Integers have the smallest type that holds their bits. */
export interface DeployedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int8Array | Int16Array;
}

/** A quantizer at test time, with gates of 0 or 1. */
export interface FixedQuantizer {
  /** null if values are neither clipped nor rounded. */
  readonly bits: number | null;
  /** The end of the range. */
  readonly beta: number;
  /** A mask of the kept output channels; empty for all. */
  readonly keptChannels: readonly boolean[];
}
