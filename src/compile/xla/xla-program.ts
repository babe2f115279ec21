import * as tf from '@tensorflow/tfjs-core';
import { specsOf } from '../check.js';
import type { Entries, Entry, NamedTensors, Program } from '../entry.js';
import { dataTypes, encodeSavedModel, type GraphAttribute, type GraphNode } from '../graph.js';
import type { NativeBackend } from '../native-backend.js';
import { inScope } from '../scope.js';
import { sessionProgram, type SessionEntry } from '../session-program.js';
import { addInput, addVariables, nodeName, traceEntry, type Variable } from '../trace-entry.js';
import { createTracer, type Tracer } from '../tracer.js';
import { refusedByXla } from './refused.js';
import { whileEntry } from './while.js';
import { encodeFunction, pruned, type FunctionArgument, type LibraryFunction } from './function.js';

/**
 * A program with one XLA computation per entry: a function in the graph's library, called by one node that
 * passes it the handles of the variables that the entry reads or changes.
 *
 * @throws RefusedByXla if XLA cannot compile an entry
 */
export function xlaProgram<E extends Entries>(
  backend: NativeBackend,
  initial: NamedTensors,
  entries: E,
): Program<E> {
  const graph = createTracer(backend);
  const specs = specsOf(initial);
  const variables = addVariables(backend, graph, specs);
  const functions: LibraryFunction[] = [];
  const calls = Object.fromEntries(
    Object.entries(entries).map(([name, traceable], index) => {
      const functionName = `entry_${index}_${name.replace(/\W/g, '_')}`;
      const { repeats } = traceable;
      const loop = repeats && whileEntry(backend, specs, traceable, repeats, functionName);
      const once = loop?.entry ?? traceable;
      const traced = traceFunction(backend, specs, name, once, functionName);
      functions.push(...(loop?.functions ?? []), traced.body);
      return [name, addCall(backend, graph, variables, name, traceable, traced)];
    }),
  );
  const savedModel = encodeSavedModel(
    backend.binding,
    graph.nodes.map((node) => placed(backend, node)),
    functions.map((body) => encodeFunction(backend.binding, body)),
  );
  const program = sessionProgram<E>(backend, 'xla', initial, variables, calls, savedModel);
  try {
    compileEach(program, entries);
  } catch (error) {
    program.dispose();
    throw error;
  }
  program.setState(initial);
  return program;
}

interface TracedFunction {
  readonly body: LibraryFunction;
  readonly outputs: readonly string[];
  /** Each input's argument in the body. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly handles: ReadonlyMap<string, string>;
}

function traceFunction(
  backend: NativeBackend,
  specs: Parameters<typeof traceEntry>[2],
  name: string,
  traceable: Entry,
  functionName: string,
): TracedFunction {
  const tracer = createTracer(backend, true);
  const numbered = (names: readonly string[], as: string) =>
    new Map(names.map((each, at) => [each, `${as}_${at}`]));
  const inputs = numbered(Object.keys(traceable.inputs), 'input');
  const handles = numbered(Object.keys(specs), 'state');
  const { outputs, done } = traceEntry(backend, tracer, specs, name, traceable, {
    input: (input) => `${inputs.get(input)}:0`,
    handle: (variable) => `${handles.get(variable)}:0`,
  });
  const dtypeOf = (input: string) => traceable.inputs[input]?.dtype ?? 'float32';
  const body = pruned({
    // XLA's dumps and errors contain this name.
    name: functionName,
    arguments: [
      ...Array.from(inputs, ([input, as]): FunctionArgument => ({
        name: as,
        dtype: dtypeOf(input),
      })),
      ...Array.from(handles.values(), (as): FunctionArgument => ({ name: as, dtype: 'resource' })),
    ],
    nodes: tracer.nodes,
    results: [...outputs, { node: done, dtype: 'bool' }],
  });
  return { body, inputs, handles, outputs: outputs.map((output) => output.name) };
}

/** Add the call of a function, with placeholders for its inputs. */
function addCall(
  backend: NativeBackend,
  graph: Tracer,
  variables: ReadonlyMap<string, Variable>,
  name: string,
  { inputs: specs }: Entry,
  { body, inputs, handles, outputs }: TracedFunction,
): SessionEntry {
  return graph.trace(nodeName(name), () => {
    const given = new Map<string, string>();
    for (const [variable, as] of handles) given.set(as, `${variables.get(variable)?.handle}:0`);
    const placeholders = Object.entries(specs).map(([input, spec]): [string, string] => {
      const { placeholder, copy } = addInput(backend, graph, input, spec);
      given.set(inputs.get(input) ?? '', copy);
      return [input, placeholder];
    });
    const call = graph.addNode(
      'StatefulPartitionedCall',
      'xla',
      body.arguments.map((argument) => given.get(argument.name) ?? ''),
      callAttributes(backend, body),
    );
    const fetches = body.results.map((_, index) => `${call}:${index}`);
    return { specs, placeholders, outputs, fetches };
  });
}

function callAttributes(
  { binding }: NativeBackend,
  { name, arguments: given, results }: LibraryFunction,
): GraphAttribute[] {
  const types = (attribute: string, values: readonly { dtype: keyof typeof dataTypes }[]) => ({
    name: attribute,
    type: binding.TF_ATTR_TYPE,
    value: values.map(({ dtype }) => dataTypes[dtype]),
  });
  return [
    types('Tin', given),
    types('Tout', results),
    { name: 'f', calls: name },
    // TensorFlow ignores the attribute on the function, so the call carries it.
    { name: '_XlaMustCompile', type: binding.TF_ATTR_BOOL, value: true },
  ];
}

const onDevice = [
  'VarHandleOp',
  'ReadVariableOp',
  'AssignVariableOp',
  'StatefulPartitionedCall',
] as const;

/** Place variables and the computations on them explicitly on one device. */
function placed({ binding }: NativeBackend, node: GraphNode): GraphNode {
  if (!onDevice.some((op) => op === node.op)) return node;
  return { ...node, device: binding.isUsingGpuDevice() ? '/device:GPU:0' : '/device:CPU:0' };
}

/** Run each entry once: XLA compiles a function at its first call, and a refusal must precede training. */
function compileEach(program: Program<Entries>, entries: Entries): void {
  for (const [name, { inputs }] of Object.entries(entries)) {
    inScope(() => {
      const any = Object.entries(inputs).map(
        ([input, spec]) => [input, tf.ones([...spec.shape], spec.dtype)] as const,
      );
      try {
        tf.dispose(program.run(name, Object.fromEntries(any)));
      } catch (cause) {
        throw refusedByXla(name, cause);
      }
    });
  }
}
