/**
 * A network as data: a list of layers. Everything else follows from it (see plan.ts): variables,
 * the forward pass, where quantizers sit, MACs, which channels feed which layer, tables.
 */
export interface Network {
  readonly name: string;
  readonly layers: readonly Layer[];
}

export type Layer = Convolution | Dense | MaxPool | Flatten;

/**
 * Batch norm after a layer, in the bias's place. `folded`: its scale goes into the weights before
 * they are quantized, as for inference; training then computes each layer twice.
 */
export type BatchNormKind = 'folded';

/** Convolution, bias, and a ReLU with its quantizer unless it is the network's last layer. */
export interface Convolution {
  readonly type: 'convolution';
  readonly name: string;
  readonly filters: number;
  /** Height and width of the kernel, in pixels. */
  readonly kernel: number;
  readonly stride?: number;
  /** Zeros on each side, in pixels. */
  readonly padding?: number;
  readonly batchNorm?: BatchNormKind;
}

/** Fully connected, bias, and a ReLU with its quantizer unless it is the network's last layer. */
export interface Dense {
  readonly type: 'dense';
  readonly name: string;
  readonly units: number;
  readonly batchNorm?: BatchNormKind;
}

/** The largest of each `size` by `size` window, side by side. */
export interface MaxPool {
  readonly type: 'max-pool';
  readonly size: number;
}

/** Rows, columns and channels as one axis, channels last. */
export interface Flatten {
  readonly type: 'flatten';
}

export const convolution = (
  name: string,
  filters: number,
  kernel: number,
  options: Pick<Convolution, 'stride' | 'padding' | 'batchNorm'> = {},
): Convolution => ({ type: 'convolution', name, filters, kernel, ...options });

export const dense = (
  name: string,
  units: number,
  options: Pick<Dense, 'batchNorm'> = {},
): Dense => ({ type: 'dense', name, units, ...options });

export const maxPool = (size: number): MaxPool => ({ type: 'max-pool', size });

export const flatten: Flatten = { type: 'flatten' };
