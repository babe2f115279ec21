import type { Producer } from './plan.js';

/**
 * Which of a tensor's channels are kept: those that one of their producers keeps. What no producer
 * reaches is zero, and gone.
 *
 * @param count how many channels it has
 * @param keptOf which of a weight's output channels are kept
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

/** How many channels are kept. */
export function countKept(kept: readonly boolean[]): number {
  return kept.filter(Boolean).length;
}
