import type * as tf from '@tensorflow/tfjs-core';

/** Declare an entry, with the names of its inputs and outputs in its type. */
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

/** An entry's outputs, and the new values of the state that it changes. */
export interface EntryResult<O extends string> {
  readonly outputs: Record<O, tf.Tensor>;
  readonly state?: NamedTensors;
}

export interface Entry<I extends string = string, O extends string = string> {
  readonly inputs: Record<I, TensorSpec>;
  // A method is bivariant in its parameters, so entries with fewer names remain assignable to Entry.
  run(inputs: Record<I, tf.Tensor>, state: Readonly<NamedTensors>): EntryResult<O>;
  /** Set if a call runs another entry repeatedly: see `repeated`. XLA compiles a loop in place of `run`. */
  readonly repeats?: Repeats;
}

export interface Repeats {
  readonly of: Entry;
  /** Maximum number of runs in one call. */
  readonly most: number;
  /** Name of a bool output; the first run for which it is true is the last. */
  readonly until: string;
}

export type Entries = Record<string, Entry>;
type InputsOf<T> = T extends Entry<infer I> ? Record<I, tf.Tensor> : never;
type OutputsOf<T> = T extends Entry<string, infer O> ? Record<O, tf.Tensor> : never;

/** How a program's entries are run: op by op, as one TensorFlow graph, or compiled by XLA. */
export type ProgramMode = 'eager' | 'graph' | 'xla';

/** How a program is run. */
export interface Compiled {
  readonly mode: ProgramMode;
  /** Why XLA, although preferred, could not compile an entry; one line. */
  readonly refusedByXla?: string;
}

export interface Program<E extends Entries> extends Compiled {
  /**
   * Run an entry and store the new state that it returns. The caller disposes of the outputs.
   *
   * @throws Error for missing, unknown or wrongly shaped inputs, and with the op's name if TensorFlow fails
   */
  run<K extends keyof E & string>(name: K, inputs: InputsOf<E[K]>): OutputsOf<E[K]>;
  /** Copy the state, or the wanted part of it, bit for bit; the caller disposes of the copies. */
  getState(isWanted?: (name: string) => boolean): NamedTensors;
  /**
   * Replace the named parts of the state, bit for bit; the caller keeps ownership of the tensors.
   *
   * @throws Error for an unknown name or a wrong shape or type
   */
  setState(values: NamedTensors): void;
  /** Free the session or the state's tensors; the program cannot be used afterwards. */
  dispose(): void;
}
