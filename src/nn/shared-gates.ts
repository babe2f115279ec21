import type { Convolution, Dense } from './network.js';
import type { Producer } from './plan.js';

/**
 * The weights with which a depthwise convolution shares its channel gates: those of its input's producer. A
 * dropped channel is a constant, which zero padding in a depthwise convolution would alter along the border.
 * Undefined for other layers, or if the input's channels do not come from a single layer with weights.
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
