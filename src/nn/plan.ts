import type { Activation } from './activation.js';
import type { Geometry } from './linear.js';
import type { WeightlessLayer } from './layers/type-of.js';
import type { BatchNormKind } from './network.js';

/** A network for images of one shape, with every name, shape and count that follows from it. */
export interface Plan {
  readonly network: string;
  /** Height, width, channels. */
  readonly imageShape: readonly number[];
  /** Of one image's logits. */
  readonly outputShape: readonly number[];
  /** What the forward pass does, in order. */
  readonly steps: readonly Step[];
  /** Layers with weights, in order; in a residual block the branch's before the shortcut's. */
  readonly layers: readonly WeightedLayer[];
  /** What is trained. */
  readonly variables: readonly VariableSpec[];
  /** Running statistics of batch norms: state that is not trained. */
  readonly statistics: readonly StatisticSpec[];
  readonly quantizers: readonly QuantizerSite[];
  /** In the order in which the forward pass comes to them. */
  readonly dropouts: readonly PlannedDropout[];
}

export interface PlannedDropout {
  readonly rate: number;
  /** Of what it reads of one image. */
  readonly shape: readonly number[];
}

export type Step =
  { readonly type: 'weighted'; readonly layer: WeightedLayer } | WeightlessLayer | ResidualStep;

export interface ResidualStep {
  readonly type: 'residual';
  readonly name: string;
  readonly branch: readonly Step[];
  readonly shortcut: readonly Step[];
  /** The quantizer of what the sum gives, after its ReLU or what else follows it. */
  readonly activation: string;
  readonly nonlinearity: Activation;
  /** Of one image, channels last. */
  readonly outputShape: readonly number[];
  /** Whose output channels the sum's are. */
  readonly producers: readonly Producer[];
}

/** A convolution or fully connected layer. Quantizers and variables are named, see `Plan`. */
export interface WeightedLayer {
  readonly name: string;
  readonly geometry: Geometry;
  /** Of what it reads of one image, channels last. */
  readonly inputShape: readonly number[];
  /** Of one image, channels last. */
  readonly outputShape: readonly number[];
  /** Multiply-accumulates for one image. */
  readonly macs: number;
  /** The weights: a variable, and the quantizer on it. Output channels are its last axis. */
  readonly weight: string;
  /** A variable; undefined: a batch norm takes its place. */
  readonly bias: string | undefined;
  readonly batchNorm: PlannedBatchNorm | undefined;
  /**
   * The quantizer of what the layer gives, after its ReLU or what else follows it; undefined: none, the
   * layer gives the logits, or a term of a sum.
   */
  readonly activation: string | undefined;
  readonly nonlinearity: Activation;
  /**
   * The weights whose channel gates drop the output channels: its own; of a depthwise convolution those
   * whose channels it reads, which go together.
   */
  readonly gatedBy: string;
  /** The quantizer of the tensor that the layer reads; undefined: the network's input. */
  readonly reads: string | undefined;
  /** Channels of that tensor, before it was made flat if it was. */
  readonly inputChannels: number;
  /** Whose output channels these are. */
  readonly producers: readonly Producer[];
}

/**
 * Something that a tensor's channels come from: its channel i is the tensor's channel `first + i`.
 * Where two are added, a channel of the tensor is gone only if all that reach it have dropped it.
 */
export interface Producer {
  /** The weights whose output channels they are; undefined: the network's input. */
  readonly weight: string | undefined;
  readonly channels: number;
  readonly first: number;
}

/** The variables and running statistics of a batch norm, by name. */
export interface PlannedBatchNorm {
  readonly kind: BatchNormKind;
  readonly scale: string;
  readonly shift: string;
  readonly mean: string;
  readonly variance: string;
}

export interface VariableSpec extends StatisticSpec {
  /** Among which it is trained: batch norms' scales are weights, their shifts biases. */
  readonly kind: 'weights' | 'biases';
}

export interface StatisticSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** One value for all; random ones in `+-uniform`; or normal ones with that standard deviation. */
  readonly initial:
    { readonly value: number } | { readonly uniform: number } | { readonly normal: number };
}

/** A tensor that is quantized. */
export interface QuantizerSite {
  /** `LAYER/weight` or `LAYER/activation`. */
  readonly name: string;
  /** The layer, or residual block, that it is a tensor of. */
  readonly layer: string;
  readonly kind: 'weights' | 'activations';
  /** Weights are, and activations without a ReLU. Of the others the quantizer is the ReLU as well. */
  readonly signed: boolean;
  /** Output channels that have a gate each; 0: none have. */
  readonly gatedChannels: number;
  /** The quantizer whose channel gates act on these weights too; undefined: their own, if there are any. */
  readonly gatesOf?: string | undefined;
  /** False: only the channel gates act, on values that are neither clipped nor rounded. */
  readonly rounded: boolean;
  /** Multiply-accumulates of the layers that read the tensor, for one image. */
  readonly macs: number;
}
