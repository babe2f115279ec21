import * as tf from '@tensorflow/tfjs-core';
import { withTemporaryFile } from '../files/temporary-file.js';
import { checkInputs, checkState, specsOf } from './check.js';
import type { Entries, NamedTensors, Program, ProgramMode, TensorSpec } from './entry.js';
import type { NativeBackend } from './native-backend.js';
import type { Variable } from './trace-entry.js';

/** Feeds and fetches of one entry. */
export interface SessionEntry {
  readonly specs: Readonly<Record<string, TensorSpec>>;
  /** Pairs of an input's name and its placeholder node. */
  readonly placeholders: readonly (readonly [string, string])[];
  readonly outputs: readonly string[];
  /** Fetches of the outputs, in order, and one more that waits for the state's updates. */
  readonly fetches: readonly string[];
}

/** A program whose entries share one graph and whose state is in variables of one session. */
export function sessionProgram<E extends Entries>(
  backend: NativeBackend,
  mode: ProgramMode,
  initial: NamedTensors,
  variables: ReadonlyMap<string, Variable>,
  entries: Readonly<Record<string, SessionEntry>>,
  savedModel: Uint8Array,
): Program<E> {
  const specs = specsOf(initial);
  const session = loadSession(backend, savedModel);

  function runSession(what: string, feeds: NamedTensors, fetches: readonly string[]): tf.Tensor[] {
    const ids = backend.getInputTensorIds(Object.values(feeds));
    const feedNames = Object.keys(feeds).map((node) => `${node}:0`);
    try {
      return backend.binding
        .runSavedModel(session, ids, feedNames.join(','), fetches.join(','))
        .map((output) => backend.createOutputTensor(output));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const node = /\{\{node ([^}]+)\}\}/.exec(message)?.[1];
      const place = node ? `in the op ${node} ` : '';
      throw new Error(`compile: ${what} failed ${place}(${message.trim()})`, { cause: error });
    }
  }

  function setState(values: NamedTensors): void {
    checkState('setState', specs, values);
    const named = Object.entries(values).map(([name, tensor]) => ({
      tensor,
      ...(variables.get(name) as Variable),
    }));
    if (named.length === 0) return;
    const feeds = Object.fromEntries(named.map(({ placeholder, tensor }) => [placeholder, tensor]));
    tf.dispose(
      runSession(
        'setState',
        feeds,
        named.map(({ wasSet }) => `${wasSet}:0`),
      ),
    );
  }

  setState(initial);
  return {
    mode,
    run(name, inputs) {
      const called = entries[name];
      if (!called) throw new Error(`compile: no entry "${name}"`);
      checkInputs(name, called.specs, inputs);
      const feeds: NamedTensors = {};
      for (const [input, placeholder] of called.placeholders) {
        feeds[placeholder] = (inputs as NamedTensors)[input] as tf.Tensor;
      }
      const tensors = runSession(`entry "${name}"`, feeds, called.fetches);
      const outputs = called.outputs.map((output, index) => [output, tensors[index]]);
      // The additional fetch only waits for the state's updates.
      tf.dispose(tensors.slice(called.outputs.length));
      return Object.fromEntries(outputs) as never;
    },
    getState(isWanted = () => true) {
      const names = [...variables.keys()].filter(isWanted);
      if (names.length === 0) return {};
      const reads = names.map((name) => `${variables.get(name)?.read}:0`);
      const tensors = runSession('getState', {}, reads);
      return Object.fromEntries(names.map((name, index) => [name, tensors[index] as tf.Tensor]));
    },
    setState,
    dispose() {
      backend.binding.deleteSavedModel(session);
    },
  };
}

/** Load a graph from a folder that exists only while TensorFlow reads it. */
function loadSession(backend: NativeBackend, savedModel: Uint8Array): number {
  return withTemporaryFile('saved_model.pb', savedModel, (folder) =>
    backend.binding.loadSavedModel(folder, 'serve'),
  );
}
