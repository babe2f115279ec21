import * as tf from '@tensorflow/tfjs-core';
import { eagerProgram } from './eager.js';
import type { Entries, NamedTensors, Program, ProgramMode } from './entry.js';
import { graphProgram } from './graph-program.js';
import { findNativeBackend, type NativeBackend } from './native-backend.js';
import { RefusedByXla } from './xla/refused.js';
import { xlaProgram } from './xla/xla-program.js';

/**
 * `tf.function` for TensorFlow.js: run a training step, its evaluation and other functions of the same state,
 * each a pure function in ordinary tfjs, as one TensorFlow graph.
 *
 *     const counter = compile({ total: tf.scalar(0) }, {
 *       add: entry({ amount: { shape: [], dtype: 'float32' } }, ({ amount }, { total }) => {
 *         const sum = tf.add(total, amount);
 *         return { outputs: { sum }, state: { total: sum } };
 *       }),
 *     });
 *     counter.run('add', { amount: tf.scalar(2) }).sum; // 2, and 2 is kept in the session
 *
 * On native TensorFlow, every entry is traced once: its ops are recorded as nodes of one graph, whose
 * variables hold the state. With `mode: 'xla'`, and by default on a GPU, XLA compiles each entry as one
 * function; if it cannot, the default falls back to the graph. On other backends, or with `mode: 'eager'`,
 * the functions are called directly. All modes yield the same results up to float32 rounding.
 *
 * Rules for a traced function:
 * - it reads only its inputs, its state and constants that it makes itself (otherwise an error);
 * - it does not read a tensor's values (`dataSync` is an error), so it cannot branch on them: see `branch`;
 * - random numbers are inputs: numbers drawn inside would be the same in every run.
 *
 * @throws Error for an untraceable function, or for `graph` and `xla` without native TensorFlow; RefusedByXla
 *   for `xla` if XLA cannot compile an entry
 */
export function compile<E extends Entries>(
  state: NamedTensors,
  entries: E,
  options: { mode?: ProgramMode } = {},
): Program<E> {
  const backend = findNativeBackend();
  const mode = options.mode ?? (backend ? undefined : 'eager');
  if (mode === 'eager') return untilDisposed(eagerProgram(state, entries));
  if (!backend) {
    throw new Error(
      `compile: a graph needs the native TensorFlow backend, found "${tf.getBackend()}"`,
    );
  }
  if (mode === 'xla') return untilDisposed(xlaProgram(backend, state, entries));
  if (mode === 'graph' || !backend.prefersXla) {
    return untilDisposed(graphProgram(backend, state, entries));
  }
  return untilDisposed(xlaOrGraph(backend, state, entries));
}

function xlaOrGraph<E extends Entries>(
  backend: NativeBackend,
  state: NamedTensors,
  entries: E,
): Program<E> {
  try {
    return xlaProgram(backend, state, entries);
  } catch (error) {
    if (!(error instanceof RefusedByXla)) throw error;
    return { ...graphProgram(backend, state, entries), refusedByXla: error.message };
  }
}

/** Make a program throw when used after disposal. */
function untilDisposed<E extends Entries>(program: Program<E>): Program<E> {
  let isAlive = true;
  function alive(): Program<E> {
    if (!isAlive) throw new Error('compile: the program was disposed of');
    return program;
  }
  return {
    ...program,
    run: (name, inputs) => alive().run(name, inputs),
    getState: (isWanted) => alive().getState(isWanted),
    setState(values) {
      alive().setState(values);
    },
    dispose() {
      if (isAlive) program.dispose();
      isAlive = false;
    },
  };
}
