import * as tf from '@tensorflow/tfjs-core';
import { checkInputs, checkState, specsOf } from './check.js';
import type { Entries, NamedTensors, Program } from './entry.js';

/** A program that calls its entries directly and keeps its state as ordinary tensors. */
export function eagerProgram<E extends Entries>(initial: NamedTensors, entries: E): Program<E> {
  const specs = specsOf(initial);
  let state = keepAll(cloneAll(initial));

  function replace(values: NamedTensors): void {
    for (const name of Object.keys(values)) state[name]?.dispose();
    state = { ...state, ...keepAll(cloneAll(values)) };
  }

  return {
    mode: 'eager',
    run(name, inputs) {
      const called = entries[name];
      if (!called) throw new Error(`compile: no entry "${name}"`);
      checkInputs(name, called.inputs, inputs);
      // Outputs may be inputs or state; clones can be disposed independently.
      const { outputs, changed } = tf.tidy(() => {
        const result = called.run(inputs, state);
        const changed = result.state ?? {};
        checkState(`the new state of entry "${name}"`, specs, changed);
        return { outputs: cloneAll(result.outputs), changed: cloneAll(changed) };
      });
      replace(changed);
      tf.dispose(changed);
      return outputs as never;
    },
    getState: (isWanted = () => true) =>
      cloneAll(Object.fromEntries(Object.entries(state).filter(([name]) => isWanted(name)))),
    setState(values) {
      checkState('setState', specs, values);
      replace(values);
    },
    dispose() {
      tf.dispose(state);
      state = {};
    },
  };
}

function cloneAll(tensors: NamedTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, tensor.clone()]),
  );
}

/** State outlives the caller's `tf.tidy`. */
function keepAll(tensors: NamedTensors): NamedTensors {
  for (const tensor of Object.values(tensors)) tf.keep(tensor);
  return tensors;
}
