import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { MisfitError } from '../misfit.js';

/** Of one image: height, width and channels; or one axis once it is flat. */
export type Shape = readonly number[];

/** TensorFlow.js, handed to what computes, so that reading a config does not load it. */
export type TensorFlow = typeof tf;

/**
 * A type of layer without weights: what a config says of it, the shape of what it gives, and what it
 * computes. It treats all channels alike and each alone, and a channel that has one value at every
 * pixel still has one after it: deployment relies on that where it takes dropped channels out.
 */
export interface LayerType<L extends { readonly type: string }> {
  /** A strict object with the type as a literal; it and each key are described in a sentence. */
  readonly schema: z.ZodObject<{ type: z.ZodLiteral<L['type']> }, z.core.$strict> & z.ZodType<L>;
  /** @throws MisfitError if it cannot read an input of that shape */
  outputShape(layer: L, input: Shape): Shape;
  /** @param x of shape [batch, ...shape of the input] */
  apply(layer: L, x: tf.Tensor, tf: TensorFlow): tf.Tensor;
  /** What it makes of a channel with that value at every pixel; without it, the same value. */
  constant?(layer: L, value: number): number;
  /**
   * How many channels it gives and which of them is its input's first, where it adds channels of
   * zeros around those; without it, it adds none.
   */
  channels?(layer: L, input: number): { count: number; first: number };
  /**
   * The layer as it is exported, for fewer channels than it was described for and images of that shape;
   * undefined: nothing is left of it. Without it, as it is.
   */
  deployed?(layer: L, input: Shape): L | undefined;
}

/** @throws MisfitError unless the shape is one of images */
export function imageShape(layer: Named, input: Shape): [number, number, number] {
  const [height, width, channels] = input;
  if (height === undefined || width === undefined || channels === undefined) {
    throw misfit(layer, input, 'an image of height, width and channels');
  }
  return [height, width, channels];
}

/** @param expected what the layer can read */
export function misfit(layer: Named, input: Shape, expected: string): MisfitError {
  const name = layer.name === undefined ? '' : ` "${layer.name}"`;
  return new MisfitError(
    `${layer.type} layer${name} reads ${showShape(input)}; expected ${expected}`,
  );
}

/** As `[28, 28, 1]`; what is not known, after a layer that does not fit, as `?`. */
export function showShape(shape: Shape): string {
  return `[${shape.map((size) => (Number.isNaN(size) ? '?' : size)).join(', ')}]`;
}

interface Named {
  readonly type: string;
  readonly name?: string;
}

/** A whole number from 1 on, as a key of a config. */
export const count = (most: number, what: string) => z.int().min(1).max(most).describe(what);

/** One such number, or one for rows and one for columns. */
export const sizes = (most: number, what: string) =>
  z.union(oneOrTwo(z.int().min(1).max(most))).describe(what);

/** What is added around images, as a key of a config; described where it stands. */
export const padding = z.union([z.enum(['same', 'valid']), ...oneOrTwo(z.int().min(0).max(15))]);

function oneOrTwo(each: z.ZodInt) {
  // As a list of two, and no tuple, which JSON Schema says in another way than all other lists.
  return [each, z.array(each).length(2) as unknown as z.ZodType<[number, number]>] as const;
}
