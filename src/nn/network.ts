import type { Activation } from './activation.js';
import type { AveragePool } from './layers/average-pool.js';
import type { Flatten } from './layers/flatten.js';
import type { MaxPool } from './layers/max-pool.js';
import type { Subsample } from './layers/subsample.js';
import type { WeightlessLayer } from './layers/type-of.js';
import type { Padding, Sizes } from './windows.js';

/**
 * A network as data: a list of layers, with nested residual blocks. plan-network.ts derives everything else
 * from it: variables, the steps of the forward pass, quantizer placement, MACs and channel producers.
 *
 * Unless a weight layer says otherwise, a ReLU with its quantizer follows it, except for the last such layer
 * of a list, which yields the logits or a term of a residual sum.
 */
export interface Network {
  readonly name: string;
  /** Initialization of the weights; default uniform. */
  readonly initialWeights?: InitialWeights;
  readonly layers: readonly Layer[];
}

/**
 * `uniform`: weights and biases uniform in +-1/sqrt(fan-in). `he-normal`: weights normal with standard
 * deviation sqrt(2 / fan-in) (He et al., ICCV 2015), biases 0.
 */
export type InitialWeights = 'uniform' | 'he-normal';

export type Layer = BranchLayer | Residual;

/** A layer that may occur in a branch or shortcut. */
export type BranchLayer = Convolution | Dense | WeightlessLayer;

/**
 * Batch norm after a layer, instead of a bias.
 *
 * `folded`: the scale multiplies the weights before quantization, as in inference and in the paper's
 * experiments; training evaluates each layer twice. `unfolded`: batch norm follows the layer, and the channel
 * gates act after its normalization; training evaluates each layer once, and inference scales each
 * channel.
 */
export type BatchNormKind = 'folded' | 'unfolded';

export interface Convolution {
  readonly type: 'convolution';
  readonly name: string;
  readonly filters: number;
  /** Kernel height and width, in pixels. */
  readonly kernel: Sizes;
  readonly stride?: Sizes;
  /** Zero padding, in pixels. */
  readonly padding?: Padding;
  /** See `ConvolutionGeometry`; default 1. */
  readonly groups?: number;
  readonly batchNorm?: BatchNormKind;
  readonly activation?: Activation;
}

/** A fully connected layer. */
export interface Dense {
  readonly type: 'dense';
  readonly name: string;
  readonly units: number;
  readonly batchNorm?: BatchNormKind;
  readonly activation?: Activation;
}

/** The sum of a branch and a shortcut, followed by a ReLU (or the named activation) with its quantizer. */
export interface Residual {
  readonly type: 'residual';
  readonly name: string;
  readonly activation?: Activation;
  readonly branch: readonly BranchLayer[];
  /** Empty for the identity. */
  readonly shortcut?: readonly BranchLayer[];
}

export const convolution = (
  name: string,
  filters: number,
  kernel: Sizes,
  options: Partial<Omit<Convolution, 'type' | 'name' | 'filters' | 'kernel'>> = {},
): Convolution => ({ type: 'convolution', name, filters, kernel, ...options });

export const dense = (
  name: string,
  units: number,
  options: Pick<Dense, 'batchNorm' | 'activation'> = {},
): Dense => ({ type: 'dense', name, units, ...options });

export const maxPool = (
  size: Sizes,
  options: Pick<MaxPool, 'stride' | 'padding'> = {},
): MaxPool => ({ type: 'max-pool', size, ...options });

export const averagePool: AveragePool = { type: 'average-pool' };

export const flatten: Flatten = { type: 'flatten' };

export const subsample = (stride: number, channels: number): Subsample => ({
  type: 'subsample',
  stride,
  channels,
});

export const residual = (
  name: string,
  branch: readonly BranchLayer[],
  shortcut: readonly BranchLayer[] = [],
  options: Pick<Residual, 'activation'> = {},
): Residual => ({ type: 'residual', name, branch, shortcut, ...options });

/** Replace each folded batch norm by a bias. */
export function withoutFoldedBatchNorms(network: Network): Network {
  return { ...network, layers: network.layers.map(withoutFolded) };
}

function withoutFolded(layer: Layer): Layer {
  if (layer.type !== 'residual') return plain(layer);
  const { shortcut, ...block } = layer;
  return {
    ...block,
    branch: layer.branch.map(plain),
    ...(shortcut ? { shortcut: shortcut.map(plain) } : {}),
  };
}

function plain(layer: BranchLayer): BranchLayer {
  if (!('batchNorm' in layer) || layer.batchNorm !== 'folded') return layer;
  const unnormalized = { ...layer };
  delete unnormalized.batchNorm;
  return unnormalized;
}
