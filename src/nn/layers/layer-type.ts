import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { MisfitError } from '../misfit.js';

/** The shape of one image: height, width and channels; or one axis after flattening. */
export type Shape = readonly number[];

/** TensorFlow.js, passed in so that reading a config does not load it. */
export type TensorFlow = typeof tf;

/**
 * A type of layer without weights: its config schema, output shape and computation. It must treat every
 * channel alike and independently, and map constant images to constant images: deployment relies on this when
 * it removes dropped channels.
 */
export interface LayerType<L extends { readonly type: string }> {
  /** A strict object with the literal type; it and each key have a one-sentence description. */
  readonly schema: z.ZodObject<{ type: z.ZodLiteral<L['type']> }, z.core.$strict> & z.ZodType<L>;
  /** The output shape of one image. @throws MisfitError if the layer cannot read an input of this shape */
  outputShape(layer: L, input: Shape): Shape;
  /** Compute the layer's output. @param x shape [batch, ...input shape] */
  apply(layer: L, x: tf.Tensor, tf: TensorFlow): tf.Tensor;
  /** The layer's output for a channel that is constant over the image; default: the same constant. */
  constant?(layer: L, value: number): number;
  /**
   * The number of output channels and the index of the first input channel among them, for layers that add
   * zero channels; default: none are added.
   */
  channels?(layer: L, input: number): { count: number; first: number };
  /**
   * The layer as exported, without the dropped channels, for images of this shape; undefined if it can be
   * omitted. Default: the layer unchanged.
   */
  deployed?(layer: L, input: Shape): L | undefined;
}

/** Height, width and channels. @throws MisfitError unless the shape is that of an image */
export function imageShape(layer: Named, input: Shape): [number, number, number] {
  const [height, width, channels] = input;
  if (height === undefined || width === undefined || channels === undefined) {
    throw misfit(layer, input, 'an image of height, width and channels');
  }
  return [height, width, channels];
}

/** Make the error for an unsuitable input. @param expected the inputs that the layer accepts */
export function misfit(layer: Named, input: Shape, expected: string): MisfitError {
  const name = layer.name === undefined ? '' : ` "${layer.name}"`;
  return new MisfitError(
    `${layer.type} layer${name} reads ${showShape(input)}; expected ${expected}`,
  );
}

/** Format a shape as `[28, 28, 1]`, with `?` for sizes that a misfit leaves unknown. */
export function showShape(shape: Shape): string {
  return `[${shape.map((size) => (Number.isNaN(size) ? '?' : size)).join(', ')}]`;
}

interface Named {
  readonly type: string;
  readonly name?: string;
}

/** The schema of a positive integer in a config. */
export const count = (most: number, what: string) => z.int().min(1).max(most).describe(what);

/** The schema of a positive integer, or of one for rows and one for columns. */
export const sizes = (most: number, what: string) =>
  z.union(oneOrTwo(z.int().min(1).max(most))).describe(what);

/** The schema of padding; each layer type describes it. */
export const padding = z.union([z.enum(['same', 'valid']), ...oneOrTwo(z.int().min(0).max(15))]);

function oneOrTwo(each: z.ZodInt) {
  // Arrays of length two rather than tuples, which JSON Schema writes differently from other arrays.
  return [each, z.array(each).length(2) as unknown as z.ZodType<[number, number]>] as const;
}
