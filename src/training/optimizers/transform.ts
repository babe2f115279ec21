import type * as tf from '@tensorflow/tfjs-core';

/**
 * An optimizer is a chain of small pure functions. Each changes the update, which is initially the gradient,
 * or the value itself.
 *
 * As in optax, except that a transform may also change the value (see `descend`), so that decoupled weight
 * decay is a separate subtraction with its own rounding.
 */
export interface Transform<
  Slot extends string = string,
  Rate extends string = string,
  Shared extends string = string,
> {
  /** Names of its slots: state of each variable's shape, initially 0. */
  readonly slots: readonly Slot[];
  /** Names of its rates: numbers that the host computes and feeds in each step. */
  readonly rates: Readonly<Record<Rate, RateAt>>;
  // Methods, since bivariant parameters admit narrower name types.
  /** Values that a step shares among all variables. @param gradients of all variables, learned or not */
  shared(gradients: readonly tf.Tensor[]): Tensors<Shared>;
  /** The step for one variable; omitted results stay unchanged. */
  update(step: Step<Slot, Rate, Shared>): Updated<Slot>;
}

/** The time of a step. */
export interface Moment {
  /** The step's number, counted from 1. */
  readonly t: number;
  /** Epochs done; may be fractional. */
  readonly epochsDone: number;
}

export type RateAt = (at: Moment) => number;

/** One variable during a step. */
export interface Step<
  Slot extends string = string,
  Rate extends string = string,
  Shared extends string = string,
> {
  /** The value before the step. */
  readonly before: tf.Tensor;
  readonly value: tf.Tensor;
  /** The amount to subtract from the value. */
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

/** Declare a transform; type inference gives `update` the names that it may read. */
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
