import type { Producer } from './plan.js';

/**
 * A mask of a tensor's kept channels. A channel is kept if any of its producers keeps it; a channel without
 * producers is zero, and dropped.
 *
 * @param count the tensor's number of channels
 * @param keptOf the mask of a weight's kept output channels
 */
export function keptChannels(
  count: number,
  producers: readonly Producer[],
  keptOf: (weight: string, channels: number) => readonly boolean[],
): boolean[] {
  const kept = new Array<boolean>(count).fill(false);
  for (const { weight, channels, first } of producers) {
    for (let channel = 0; channel < channels; channel++) {
      if (weight === undefined || keptOf(weight, channels)[channel]) kept[first + channel] = true;
    }
  }
  return kept;
}

/** The number of kept channels. */
export function countKept(kept: readonly boolean[]): number {
  return kept.filter(Boolean).length;
}
