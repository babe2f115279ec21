import * as tf from '@tensorflow/tfjs-core';
import type { Entry, EntryResult, NamedTensors, Repeats, TensorSpec } from './entry.js';

/**
 * An entry that runs `count` times per call, at most `most`: run i reads row i of every input and the state
 * after run i - 1, and fills row i of every output; rows without a run are 0. XLA compiles one loop, without
 * synchronization with the host between runs.
 *
 * @param until name of a bool output; the first run for which it is true is the last
 */
export function repeated<I extends string, O extends string>(
  of: Entry<I, O>,
  most: number,
  until: NoInfer<O>,
): Entry<I | 'count', O> {
  const rows = Object.entries<TensorSpec>(of.inputs).map(([name, { shape, dtype }]) => [
    name,
    { shape: [most, ...shape], dtype },
  ]);
  const count: TensorSpec = { shape: [], dtype: 'int32' };
  const repeats: Repeats = { of, most, until };
  return {
    inputs: { ...(Object.fromEntries(rows) as Record<I, TensorSpec>), count },
    repeats,
    run(inputs, state) {
      const changed: NamedTensors = {};
      const outputs = runEach(repeats, inputs, (given) => {
        const result = of.run(given as Record<I, tf.Tensor>, { ...state, ...changed });
        Object.assign(changed, result.state);
        return result.outputs;
      });
      return { outputs, state: changed } as EntryResult<O>;
    },
  };
}

/**
 * Perform the runs of one call in sequence.
 *
 * @param run returns a run's outputs
 * @throws Error for a count below 1
 */
export function runEach(
  { of, most, until }: Repeats,
  inputs: NamedTensors,
  run: (given: NamedTensors) => NamedTensors,
): NamedTensors {
  const count = inputs['count']?.dataSync()[0] ?? 0;
  const runs: NamedTensors[] = [];
  for (let at = 0; at < Math.min(count, most); at++) {
    const given = Object.entries(of.inputs).map(([name, { shape }]) => {
      const rows = inputs[name] as tf.Tensor;
      return [name, tf.reshape(tf.slice(rows, at, 1), [...shape])];
    });
    const outputs = run(Object.fromEntries(given) as NamedTensors);
    runs.push(outputs);
    if (outputs[until]?.dataSync()[0]) break;
  }
  const [first] = runs;
  if (!first) throw new Error('compile: a repeated entry must run at least once');
  return Object.fromEntries(
    Object.entries(first).map(([name, { shape, dtype }]) => {
      const rest = tf.zeros([...shape], dtype);
      const rows = Array.from({ length: most }, (_, at) => runs[at]?.[name] ?? rest);
      return [name, tf.stack(rows)];
    }),
  );
}
