import { countKept } from './kept-channels.js';
import type { WeightedLayer } from './plan.js';

/**
 * The kept fraction of the input channels that a layer's kept outputs read. In a grouped convolution an
 * output reads its own group; the fraction is 1 if no output is kept.
 */
export function keptInputShare(
  { geometry }: Pick<WeightedLayer, 'geometry'>,
  keptInputs: readonly boolean[],
  keptOutputs: readonly boolean[],
): number {
  const groups = geometry.type === 'convolution' ? geometry.groups : 1;
  if (groups === 1) return countKept(keptInputs) / keptInputs.length;
  const [inputs, outputs] = [groupsOf(keptInputs, groups), groupsOf(keptOutputs, groups)];
  const all = countKept(keptOutputs) * (keptInputs.length / groups);
  const read = outputs.reduce(
    (sum, kept, group) => sum + countKept(kept) * countKept(inputs[group] ?? []),
    0,
  );
  return all === 0 ? 1 : read / all;
}

/** The channels of each group. */
export function groupsOf<T>(channels: readonly T[], groups: number): T[][] {
  const each = channels.length / groups;
  return Array.from({ length: groups }, (_, group) =>
    channels.slice(group * each, (group + 1) * each),
  );
}
