/** How many output channels a layer has, and how many it keeps. */
interface KeptChannels {
  readonly channels: number;
  readonly keptChannels: number;
}

/**
 * The layers whose channels can be dropped, in order: all weight layers except the last, whose channels are
 * the classes. A sum has the channels of its terms.
 */
export function prunableLayers<L extends { readonly weightBits: number | null }>(
  layers: readonly L[],
): L[] {
  return layers.filter(({ weightBits }) => weightBits !== null).slice(0, -1);
}

/** Layers with channel gates of their own, so that shared channels count once. */
export function withOwnChannels<L extends { readonly droppedWith?: string }>(
  layers: readonly L[],
): L[] {
  return layers.filter(({ droppedWith }) => droppedWith === undefined);
}

/** Percent of kept channels over several layers; 100 without layers. */
export function keptChannelsPercent(layers: readonly KeptChannels[]): number {
  const sum = (of: keyof KeptChannels) => layers.reduce((total, layer) => total + layer[of], 0);
  return layers.length === 0 ? 100 : (100 * sum('keptChannels')) / sum('channels');
}
