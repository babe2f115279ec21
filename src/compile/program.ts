import * as tf from '@tensorflow/tfjs-core';
import { eagerProgram } from './eager.js';
import { graphProgram } from './graph-program.js';
import { findNativeBackend } from './native-backend.js';

/**
 * `tf.function` for TensorFlow.js: a training step, its evaluation and whatever else shares their
 * state, each written once as a pure function in ordinary tfjs, run as one TensorFlow graph.
 *
 *     const counter = compile({ total: tf.scalar(0) }, {
 *       add: entry({ amount: { shape: [], dtype: 'float32' } }, ({ amount }, { total }) => {
 *         const sum = tf.add(total, amount);
 *         return { outputs: { sum }, state: { total: sum } };
 *       }),
 *     });
 *     counter.run('add', { amount: tf.scalar(2) }).sum; // 2, and 2 is kept in the session
 *
 * Where the backend is native TensorFlow, every entry is traced once: the ops that it runs are
 * recorded as nodes of one graph, whose variables hold the state. Elsewhere, or with `mode: 'eager'`,
 * the same functions are called. Both give the same result.
 *
 * What a traced function must keep to, and what is refused where it does not:
 * - it reads only its inputs, its state and constants that it makes itself (refused otherwise);
 * - it does not read a tensor's values (`dataSync` is refused), so it cannot branch on them: see
 *   `branch` for that;
 * - random numbers come in as inputs: made inside, they would be the same at every run.
 */
export function compile<E extends Entries>(
  state: NamedTensors,
  entries: E,
  options: { mode?: 'graph' | 'eager' } = {},
): Program<E> {
  const backend = findNativeBackend();
  const mode = options.mode ?? (backend ? 'graph' : 'eager');
  if (mode === 'eager') return untilDisposed(eagerProgram(state, entries));
  if (!backend) {
    throw new Error(
      `compile: a graph needs the native TensorFlow backend, found "${tf.getBackend()}"`,
    );
  }
  return untilDisposed(graphProgram(backend, state, entries));
}

/** The program, which refuses to be used once it was disposed of. */
function untilDisposed<E extends Entries>(program: Program<E>): Program<E> {
  let isAlive = true;
  function alive(): Program<E> {
    if (!isAlive) throw new Error('compile: the program was disposed of');
    return program;
  }
  return {
    run: (name, inputs) => alive().run(name, inputs),
    getState: () => alive().getState(),
    setState(values) {
      alive().setState(values);
    },
    dispose() {
      if (isAlive) program.dispose();
      isAlive = false;
    },
  };
}

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
}

export type Entries = Record<string, Entry>;
type InputsOf<T> = T extends Entry<infer I> ? Record<I, tf.Tensor> : never;
type OutputsOf<T> = T extends Entry<string, infer O> ? Record<O, tf.Tensor> : never;

export interface Program<E extends Entries> {
  /**
   * Runs an entry and replaces the state that it returns. The outputs are the caller's to dispose.
   *
   * @throws Error on missing, unknown or wrongly shaped inputs, and with the op's name where
   * TensorFlow fails.
   */
  run<K extends keyof E & string>(name: K, inputs: InputsOf<E[K]>): OutputsOf<E[K]>;
  /** Copies of the whole state, bit for bit; the caller's to dispose. */
  getState(): NamedTensors;
  /** Replaces the named parts of the state, bit for bit; the tensors stay the caller's. */
  setState(values: NamedTensors): void;
  /** Frees the session or the tensors that hold the state; the program cannot be used after it. */
  dispose(): void;
}
