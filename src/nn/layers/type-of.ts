import type { LayerType } from './layer-type.js';
import { weightlessTypes } from './weightless-types.js';

/** A layer without weights, of any type. */
export type WeightlessLayer = LayerOf<(typeof weightlessTypes)[number]>;

type LayerOf<T> = T extends LayerType<infer L> ? L : never;

/** The definition of a layer's type. */
export function typeOf(layer: WeightlessLayer): LayerType<WeightlessLayer> {
  const types: readonly LayerType<WeightlessLayer>[] = weightlessTypes;
  const found = types.find(({ schema }) => schema.shape.type.value === layer.type);
  if (!found) throw new Error(`no layers of type "${layer.type}"`);
  return found;
}

/** The number of a layer's output channels, and the index of the first input channel among them. */
export function channelsThrough(
  layer: WeightlessLayer,
  input: number,
): { count: number; first: number } {
  return typeOf(layer).channels?.(layer, input) ?? { count: input, first: 0 };
}
