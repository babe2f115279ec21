import type { Convolution, Dense } from './network.js';
import type { Producer } from './plan.js';

/**
 * The weights whose channels a depthwise convolution reads one by one, and with which its own are dropped: a
 * dropped channel is a constant, and with zeros around it a depthwise convolution would make a border of it.
 * Undefined where there are no such weights, or several that a sum adds.
 */
export function sharedGates(
  layer: Convolution | Dense,
  { producers, channels }: { readonly producers: readonly Producer[]; readonly channels: number },
): string | undefined {
  if (layer.type === 'dense' || layer.groups !== channels || layer.filters !== channels) {
    return undefined;
  }
  const [producer, ...others] = producers;
  const isAll = producer?.first === 0 && producer.channels === channels;
  return channels > 1 && isAll && others.length === 0 ? producer.weight : undefined;
}
