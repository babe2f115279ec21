import type * as tf from '@tensorflow/tfjs-core';

/** Declares an entry; inference gives `run` the names of its inputs and outputs. */
export function entry<I extends string, O extends string>(
  inputs: Record<I, TensorSpec>,
  run: EntryFunction<I, O>,
): Entry<I, O> {
  return { inputs, run };
}

export type NamedTensors = Record<string, tf.Tensor>;

export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
}

export type EntryFunction<I extends string, O extends string> = (
  inputs: Record<I, tf.Tensor>,
  state: Readonly<NamedTensors>,
) => EntryResult<O>;

/** What an entry returns: its outputs, and the new values of the state that it changes. */
export interface EntryResult<O extends string> {
  readonly outputs: Record<O, tf.Tensor>;
  readonly state?: NamedTensors;
}

export interface Entry<I extends string = string, O extends string = string> {
  readonly inputs: Record<I, TensorSpec>;
  // A method, so that entries with fewer names are entries too.
  run(inputs: Record<I, tf.Tensor>, state: Readonly<NamedTensors>): EntryResult<O>;
  /** Where a call runs another entry several times, see `repeated`: a loop, which its `run` is in JavaScript. */
  readonly repeats?: Repeats;
}

export interface Repeats {
  readonly of: Entry;
  /** Runs in one call. */
  readonly most: number;
  /** A bool output: no more runs follow one that gives true. */
  readonly until: string;
}

export type Entries = Record<string, Entry>;
type InputsOf<T> = T extends Entry<infer I> ? Record<I, tf.Tensor> : never;
type OutputsOf<T> = T extends Entry<string, infer O> ? Record<O, tf.Tensor> : never;

/**
 * How a program's entries are run: op by op, as one TensorFlow graph, or as one computation that XLA made
 * of them.
 */
export type ProgramMode = 'eager' | 'graph' | 'xla';

/** How a program came to be run. */
export interface Compiled {
  readonly mode: ProgramMode;
  /** Where XLA was preferred and could not compile an entry: why, in one line. */
  readonly refusedByXla?: string;
}

export interface Program<E extends Entries> extends Compiled {
  /**
   * Runs an entry and replaces the state that it returns. The outputs are the caller's to dispose.
   *
   * @throws Error on missing, unknown or wrongly shaped inputs, and with the op's name where
   * TensorFlow fails.
   */
  run<K extends keyof E & string>(name: K, inputs: InputsOf<E[K]>): OutputsOf<E[K]>;
  /** Copies of the state, or of what of it is wanted, bit for bit; the caller's to dispose. */
  getState(isWanted?: (name: string) => boolean): NamedTensors;
  /** Replaces the named parts of the state, bit for bit; the tensors stay the caller's. */
  setState(values: NamedTensors): void;
  /** Frees the session or the tensors that hold the state; the program cannot be used after it. */
  dispose(): void;
}
