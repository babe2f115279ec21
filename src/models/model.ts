import type { BatchNormKind, Network } from '../nn/network.js';

export interface ModelOptions {
  readonly classes: number;
  /** Multiplies the channels of every layer but the last. */
  readonly width: number;
  /** Of the models that have batch norm. */
  readonly batchNorm: BatchNormKind;
}

/** A network of the literature. */
export type Model = (options: ModelOptions) => Network;

/** A layer's channels times the width, at least one. */
export function scaled(channels: number, width: number): number {
  return Math.max(1, Math.round(channels * width));
}
