/** How many of a layer's output channels are left. */
interface KeptChannels {
  readonly channels: number;
  readonly keptChannels: number;
}

/**
 * Of a network's layers in order those whose channels can be dropped: all with weights but the last,
 * whose channels are the classes. A sum's are those of its terms.
 */
export function prunableLayers<L extends { readonly weightBits: number | null }>(
  layers: readonly L[],
): L[] {
  return layers.filter(({ weightBits }) => weightBits !== null).slice(0, -1);
}

/** Those that are not dropped together with another layer's, so that each channel counts once. */
export function withOwnChannels<L extends { readonly droppedWith?: string }>(
  layers: readonly L[],
): L[] {
  return layers.filter(({ droppedWith }) => droppedWith === undefined);
}

/** Percent of all channels of some layers that are kept; 100 where there is no layer. */
export function keptChannelsPercent(layers: readonly KeptChannels[]): number {
  const sum = (of: keyof KeptChannels) => layers.reduce((total, layer) => total + layer[of], 0);
  return layers.length === 0 ? 100 : (100 * sum('keptChannels')) / sum('channels');
}
