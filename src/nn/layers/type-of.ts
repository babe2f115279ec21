import type { LayerType } from './layer-type.js';
import { weightlessTypes } from './weightless-types.js';

/** A layer without weights, of any type that there is. */
export type WeightlessLayer = LayerOf<(typeof weightlessTypes)[number]>;

type LayerOf<T> = T extends LayerType<infer L> ? L : never;

/** What a layer's type says of it. */
export function typeOf(layer: WeightlessLayer): LayerType<WeightlessLayer> {
  const types: readonly LayerType<WeightlessLayer>[] = weightlessTypes;
  const found = types.find(({ schema }) => schema.shape.type.value === layer.type);
  if (!found) throw new Error(`no layers of type "${layer.type}"`);
  return found;
}

/** Where the channels of a layer's input are among those that it gives. */
export function channelsThrough(
  layer: WeightlessLayer,
  input: number,
): { count: number; first: number } {
  return typeOf(layer).channels?.(layer, input) ?? { count: input, first: 0 };
}
