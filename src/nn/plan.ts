import type { Activation } from './activation.js';
import type { Geometry } from './linear.js';
import type { WeightlessLayer } from './layers/type-of.js';
import type { BatchNormKind } from './network.js';

/** A network for images of one shape, with all names, shapes and counts. */
export interface Plan {
  readonly network: string;
  /** Height, width and channels. */
  readonly imageShape: readonly number[];
  /** Output shape of one image: [classes] if the network fits the data. */
  readonly outputShape: readonly number[];
  /** The steps of the forward pass, in order. */
  readonly steps: readonly Step[];
  /** Layers with weights, in order; a residual block's branch precedes its shortcut. */
  readonly layers: readonly WeightedLayer[];
  /** The trained variables. */
  readonly variables: readonly VariableSpec[];
  /** Running statistics of batch norms: state that is not trained. */
  readonly statistics: readonly StatisticSpec[];
  readonly quantizers: readonly QuantizerSite[];
  /** In the order of the forward pass. */
  readonly dropouts: readonly PlannedDropout[];
}

export interface PlannedDropout {
  readonly rate: number;
  /** Input shape of one image. */
  readonly shape: readonly number[];
}

export type Step =
  { readonly type: 'weighted'; readonly layer: WeightedLayer } | WeightlessLayer | ResidualStep;

export interface ResidualStep {
  readonly type: 'residual';
  readonly name: string;
  readonly branch: readonly Step[];
  readonly shortcut: readonly Step[];
  /** The quantizer of the sum after its activation. */
  readonly activation: string;
  readonly nonlinearity: Activation;
  /** Output shape of one image, channels last. */
  readonly outputShape: readonly number[];
  /** The producers of the sum's channels. */
  readonly producers: readonly Producer[];
}

/** A convolution or fully connected layer. Quantizers and variables are given by name. */
export interface WeightedLayer {
  readonly name: string;
  readonly geometry: Geometry;
  /** Input shape of one image, channels last. */
  readonly inputShape: readonly number[];
  /** Output shape of one image, channels last. */
  readonly outputShape: readonly number[];
  /** Multiply-accumulates for one image. */
  readonly macs: number;
  /** The weight variable and its quantizer. Output channels are the last axis. */
  readonly weight: string;
  /** The bias variable; undefined if a batch norm replaces it. */
  readonly bias: string | undefined;
  readonly batchNorm: PlannedBatchNorm | undefined;
  /**
   * The quantizer of the layer's output after its activation; undefined if the output is the logits or a term
   * of a sum.
   */
  readonly activation: string | undefined;
  readonly nonlinearity: Activation;
  /**
   * The weights whose channel gates drop the output channels: the layer's own, or, for most depthwise
   * convolutions, those of the input's producer; see `sharedGates`.
   */
  readonly gatedBy: string;
  /** The quantizer of the layer's input; undefined for the network's input. */
  readonly reads: string | undefined;
  /** The number of channels of the layer's input, before flattening. */
  readonly inputChannels: number;
  /** The producers of these channels. */
  readonly producers: readonly Producer[];
}

/**
 * A producer of a tensor's channels: its channel i is the tensor's channel `first + i`. A channel of a sum is
 * dropped only if all of its producers drop it.
 */
export interface Producer {
  /** The producer's weights; undefined for the network's input. */
  readonly weight: string | undefined;
  readonly channels: number;
  readonly first: number;
}

/** The names of a batch norm's variables and running statistics. */
export interface PlannedBatchNorm {
  readonly kind: BatchNormKind;
  readonly scale: string;
  readonly shift: string;
  readonly mean: string;
  readonly variance: string;
}

export interface VariableSpec extends StatisticSpec {
  /** Its parameter group; batch norms' scales are weights, their shifts biases. */
  readonly kind: 'weights' | 'biases';
}

export interface StatisticSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** A constant, uniform in `+-uniform`, or normal with this standard deviation. */
  readonly initial:
    { readonly value: number } | { readonly uniform: number } | { readonly normal: number };
}

/** A quantized tensor. */
export interface QuantizerSite {
  /** `LAYER/weight` or `LAYER/activation`. */
  readonly name: string;
  /** The layer or residual block to which the tensor belongs. */
  readonly layer: string;
  readonly kind: 'weights' | 'activations';
  /** True for weights and for activations without a ReLU. An unsigned quantizer is also the ReLU. */
  readonly signed: boolean;
  /** The number of output channels with a gate each; 0 without channel gates. */
  readonly gatedChannels: number;
  /** The quantizer whose channel gates also act on these weights; undefined if no other's do. */
  readonly gatesOf?: string | undefined;
  /** False if only channel gates act, on values that are neither clipped nor rounded. */
  readonly rounded: boolean;
  /** Multiply-accumulates of the layers that read the tensor, for one image. */
  readonly macs: number;
}
