import type { BatchNormKind, Network } from '../nn/network.js';

export interface ModelOptions {
  readonly classes: number;
  /** Factor for the channels of every layer except the last. */
  readonly width: number;
  /** For models with batch norm. */
  readonly batchNorm: BatchNormKind;
}

/** A network from the literature. */
export type Model = (options: ModelOptions) => Network;

/** A layer's channels times the width, rounded, at least one. */
export function scaled(channels: number, width: number): number {
  return Math.max(1, Math.round(channels * width));
}
