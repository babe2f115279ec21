/**
 * What a step does to a variable, as a chain of small pure functions: each changes the update that comes to
 * it, which is the gradient at first, or the value itself. T is what holds the values: a tensor, or numbers.
 *
 * In the sense of optax (Hessel et al., DeepMind JAX ecosystem). Unlike there a transform may also change the
 * value, see `descend`, so that decoupled weight decay stays a subtraction of its own, rounded by itself.
 */
export interface Transform<
  T,
  Slot extends string = string,
  Rate extends string = string,
  Shared extends string = string,
> {
  /** What it keeps from step to step: for each variable as many values as that has, 0 at first. */
  readonly slots: readonly Slot[];
  /** Numbers that change from step to step; the host computes them and feeds them. */
  readonly rates: Readonly<Record<Rate, RateAt>>;
  // Methods, so that transforms with fewer names are transforms too.
  /** What a step needs once for all variables. @param gradients to all of them, also to those that do not learn */
  shared(gradients: readonly T[]): Readonly<Record<Shared, T>>;
  /** The step, for one variable. What it does not return stays as it is. */
  update(step: Step<T, Slot, Rate, Shared>): Updated<T, Slot>;
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
  T,
  Slot extends string = string,
  Rate extends string = string,
  Shared extends string = string,
> {
  /** The value that the step started with. */
  readonly before: T;
  readonly value: T;
  /** What is to be subtracted from the value. */
  readonly update: T;
  readonly slots: Readonly<Record<Slot, T>>;
  readonly rates: Readonly<Record<Rate, T | number>>;
  readonly shared: Readonly<Record<Shared, T>>;
}

export type Updated<T, Slot extends string = string> = Partial<
  Pick<Step<T, Slot>, 'value' | 'update' | 'slots'>
>;

/** Declares a transform; inference gives `update` the names of what it may read. */
export function transform<
  T,
  Slot extends string = never,
  Rate extends string = never,
  Shared extends string = never,
>(
  own: Partial<Omit<Transform<T, Slot, Rate, Shared>, 'update'>> &
    Pick<Transform<T, Slot, Rate, Shared>, 'update'>,
): Transform<T> {
  return { slots: [], rates: {}, shared: () => ({}), ...own };
}
