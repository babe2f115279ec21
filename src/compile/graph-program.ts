import * as tf from '@tensorflow/tfjs-core';
import { checkInputs, specsOf } from './check.js';
import type { Entries, Entry, NamedTensors, Program } from './entry.js';
import { encodeSavedModel } from './graph.js';
import { withHostConditions } from './host-conditions.js';
import type { NativeBackend } from './native-backend.js';
import { runEach } from './repeated.js';
import { sessionProgram, type SessionEntry } from './session-program.js';
import { addInput, addVariables, traceEntry, type Variable } from './trace-entry.js';
import { createTracer } from './tracer.js';

/** A program whose entries are traced into one graph. */
export function graphProgram<E extends Entries>(
  backend: NativeBackend,
  initial: NamedTensors,
  entries: E,
): Program<E> {
  const specs = specsOf(initial);
  const tracer = createTracer(backend);
  const variables = addVariables(backend, tracer, specs);
  const traced = Object.fromEntries(
    Object.entries<Entry>(entries).map(([name, traceable]) => [
      name,
      trace(name, traceable.repeats?.of ?? traceable),
    ]),
  );
  performance.mark('bbits: graph traced');
  const nodes = backend.binding.isUsingGpuDevice()
    ? withHostConditions(tracer.nodes)
    : tracer.nodes;
  const savedModel = encodeSavedModel(backend.binding, nodes);
  const program = sessionProgram<Entries>(
    ...([backend, 'graph', initial, variables, traced, savedModel] as const),
  );
  return {
    ...program,
    run(name, inputs: NamedTensors) {
      const { repeats, inputs: specs = {} } = (entries[name] as Entry | undefined) ?? {};
      if (!repeats) return program.run(name, inputs) as never;
      checkInputs(name, specs, inputs);
      return tf.tidy(() => runEach(repeats, inputs, (given) => program.run(name, given))) as never;
    },
  };

  function trace(name: string, traceable: Entry): SessionEntry {
    const placeholders: [string, string][] = [];
    const { outputs, done } = traceEntry(backend, tracer, specs, name, traceable, {
      input(input, spec) {
        const { placeholder, copy } = addInput(backend, tracer, input, spec);
        placeholders.push([input, placeholder]);
        return copy;
      },
      handle: (variable) => `${(variables.get(variable) as Variable).handle}:0`,
    });
    return {
      specs: traceable.inputs,
      placeholders,
      outputs: outputs.map((output) => output.name),
      fetches: [...outputs.map(({ node }) => `${node}:0`), `${done}:0`],
    };
  }
}
