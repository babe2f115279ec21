import type * as tf from '@tensorflow/tfjs-core';

/**
 * What a step does to a variable, as a chain of small pure functions: each changes the update that comes to
 * it, which is the gradient at first, or the value itself.
 *
 * In the sense of optax. Unlike there a transform may also change the value, see `descend`, so that decoupled
 * weight decay is a subtraction of its own, rounded by itself.
 */
export interface Transform<
  Slot extends string = string,
  Rate extends string = string,
  Shared extends string = string,
> {
  /** What it keeps from step to step: for each variable a tensor of its shape, 0 at first. */
  readonly slots: readonly Slot[];
  /** Numbers that change from step to step; the host computes them and feeds them. */
  readonly rates: Readonly<Record<Rate, RateAt>>;
  // Methods, so that transforms with fewer names are transforms too.
  /** What a step needs once for all variables. @param gradients to all of them, also to those that do not learn */
  shared(gradients: readonly tf.Tensor[]): Tensors<Shared>;
  /** The step, for one variable. What it does not return stays as it is. */
  update(step: Step<Slot, Rate, Shared>): Updated<Slot>;
}

/** When a step is taken. */
export interface Moment {
  /** The step's number, from 1. */
  readonly t: number;
  /** Parts included. */
  readonly epochsDone: number;
}

export type RateAt = (at: Moment) => number;

/** One variable in the midst of a step. */
export interface Step<
  Slot extends string = string,
  Rate extends string = string,
  Shared extends string = string,
> {
  /** The value that the step started with. */
  readonly before: tf.Tensor;
  readonly value: tf.Tensor;
  /** What is to be subtracted from the value. */
  readonly update: tf.Tensor;
  readonly slots: Tensors<Slot>;
  /** Scalars. */
  readonly rates: Tensors<Rate>;
  readonly shared: Tensors<Shared>;
}

export type Tensors<Name extends string> = Readonly<Record<Name, tf.Tensor>>;
export type Updated<Slot extends string = string> = Partial<
  Pick<Step<Slot>, 'value' | 'update' | 'slots'>
>;

/** Declares a transform; inference gives `update` the names of what it may read. */
export function transform<
  Slot extends string = never,
  Rate extends string = never,
  Shared extends string = never,
>(
  own: Partial<Omit<Transform<Slot, Rate, Shared>, 'update'>> &
    Pick<Transform<Slot, Rate, Shared>, 'update'>,
): Transform {
  return { slots: [], rates: {}, shared: () => ({}), ...own };
}
