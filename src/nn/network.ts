import type { Activation } from './activation.js';
import type { AveragePool } from './layers/average-pool.js';
import type { Flatten } from './layers/flatten.js';
import type { MaxPool } from './layers/max-pool.js';
import type { Subsample } from './layers/subsample.js';
import type { WeightlessLayer } from './layers/type-of.js';
import type { Padding, Sizes } from './windows.js';

/**
 * A network as data: a list of layers, residual blocks nested. Everything else follows from it (see
 * plan-network.ts): variables, the forward pass, where quantizers sit, MACs, which channels feed which
 * layer, tables.
 *
 * A ReLU with its quantizer follows each layer with weights unless the layer says otherwise, except the last
 * one of a list: the last layer gives the logits, and the last one of a branch or shortcut goes into a sum.
 */
export interface Network {
  readonly name: string;
  /** How weights start; uniform unless given. */
  readonly initialWeights?: InitialWeights;
  readonly layers: readonly Layer[];
}

/**
 * `uniform`: weights and biases in +-1/sqrt(fanIn). `he-normal`: weights normal with deviation
 * sqrt(2 / fanIn) (He et al., ICCV 2015), biases 0.
 */
export type InitialWeights = 'uniform' | 'he-normal';

export type Layer = BranchLayer | Residual;

/** What branches and shortcuts are made of. */
export type BranchLayer = Convolution | Dense | WeightlessLayer;

/**
 * Batch norm after a layer, in the bias's place.
 *
 * `folded`: its scale goes into the weights before they are quantized, as for inference and as in
 * the paper's experiments; training computes each layer twice. `unfolded`: it follows the layer,
 * whose channel gates act after its division; training computes each layer once, and inference
 * multiplies each channel by a scale.
 */
export type BatchNormKind = 'folded' | 'unfolded';

export interface Convolution {
  readonly type: 'convolution';
  readonly name: string;
  readonly filters: number;
  /** Height and width of the kernel, in pixels. */
  readonly kernel: Sizes;
  readonly stride?: Sizes;
  /** Zeros around the image. */
  readonly padding?: Padding;
  /** See `ConvolutionGeometry`; absent: one. */
  readonly groups?: number;
  readonly batchNorm?: BatchNormKind;
  readonly activation?: Activation;
}

/** Fully connected. */
export interface Dense {
  readonly type: 'dense';
  readonly name: string;
  readonly units: number;
  readonly batchNorm?: BatchNormKind;
  readonly activation?: Activation;
}

/** The sum of a branch and a shortcut, then a ReLU, or what else is said, with its quantizer. */
export interface Residual {
  readonly type: 'residual';
  readonly name: string;
  readonly activation?: Activation;
  readonly branch: readonly BranchLayer[];
  /** Empty: the block's input itself. */
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

/** The network with a bias in the place of each folded batch norm. */
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
