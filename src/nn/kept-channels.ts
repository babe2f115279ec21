import type { WeightedLayer } from './plan.js';

/**
 * Which of the channels that a layer reads are kept: those that one of their producers keeps. What
 * no producer reaches is zero, and gone.
 *
 * @param keptOf which of a weight's output channels are kept
 */
export function keptChannels(
  { inputChannels, producers }: Pick<WeightedLayer, 'inputChannels' | 'producers'>,
  keptOf: (weight: string, channels: number) => readonly boolean[],
): boolean[] {
  const kept = new Array<boolean>(inputChannels).fill(false);
  for (const { weight, channels, first } of producers) {
    for (let channel = 0; channel < channels; channel++) {
      if (weight === undefined || keptOf(weight, channels)[channel]) kept[first + channel] = true;
    }
  }
  return kept;
}
