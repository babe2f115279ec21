import * as tf from '@tensorflow/tfjs-core';
import { checkState } from '../check.js';
import type { Entry, NamedTensors, Repeats, TensorSpec } from '../entry.js';
import { dataTypes, typeAttribute } from '../graph.js';
import type { NativeBackend } from '../native-backend.js';
import { inScope } from '../scope.js';
import { nodeName } from '../trace-entry.js';
import { activeTracer, createTracer, type Tracer } from '../tracer.js';
import { pruned, type FunctionArgument, type LibraryFunction } from './function.js';

/** A repeated entry as one loop, with the functions that the loop calls. */
export interface WhileEntry {
  readonly entry: Entry;
  readonly functions: readonly LibraryFunction[];
}

/**
 * Make a repeated entry that performs its runs in a `While`, which is not unrolled. The state and the output
 * rows are loop variables, so that each variable is read once and assigned once per call. The number of runs
 * is an input, so one compilation serves all.
 *
 * @param functionName prefix of the functions' names
 */
export function whileEntry(
  backend: NativeBackend,
  stateSpecs: Readonly<Record<string, TensorSpec>>,
  { inputs }: Entry,
  repeats: Repeats,
  functionName: string,
): WhileEntry {
  const start = { index: scalar('int32'), goesOn: scalar('bool') };
  const names = { condition: `${functionName}_goes_on`, body: `${functionName}_run` };
  const { body, outputs, changed } = traceBody(backend, stateSpecs, inputs, repeats, names.body);
  const specs = [
    ...Object.values(start),
    ...Object.values(outputs),
    ...Object.values(stateSpecs),
    ...Object.values(inputs),
  ];
  const condition = traceCondition(backend, body.arguments, inputs, names.condition);
  const [outputNames, stateNames] = [Object.keys(outputs), Object.keys(stateSpecs)];

  return {
    functions: [body, condition],
    entry: {
      inputs,
      run(inputs, state) {
        const tracer = activeTracer as Tracer;
        const initial = [
          tf.scalar(0, 'int32'),
          tf.scalar(true, 'bool'),
          ...Object.values(outputs).map(({ shape, dtype }) => tf.zeros([...shape], dtype)),
          ...stateNames.map((name) => state[name] as tf.Tensor),
          ...Object.values(inputs),
        ];
        const node = tracer.addNode(
          'StatelessWhile',
          'while',
          initial.map((tensor) => tracer.outputOf(tensor)),
          [
            {
              name: 'T',
              type: backend.binding.TF_ATTR_TYPE,
              value: specs.map(({ dtype }) => dataTypes[dtype]),
            },
            { name: 'cond', calls: names.condition },
            { name: 'body', calls: names.body },
          ],
        );
        const after = specs.map((spec, index) => bound(tracer, spec, `${node}:${index}`));
        const named = (names: readonly string[], first: number): NamedTensors =>
          Object.fromEntries(names.map((name, at) => [name, after[first + at] as tf.Tensor]));
        const first = Object.keys(start).length;
        const newState = named(stateNames, first + outputNames.length);
        return {
          outputs: named(outputNames, first),
          state: Object.fromEntries(changed.map((name) => [name, newState[name] as tf.Tensor])),
        };
      },
    },
  };
}

interface TracedBody {
  readonly body: LibraryFunction;
  /** Specs of the outputs' rows. */
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  /** Names of the state that a run changes. */
  readonly changed: readonly string[];
}

/** Trace one run: a function from the loop variables to their new values. */
function traceBody(
  backend: NativeBackend,
  stateSpecs: Readonly<Record<string, TensorSpec>>,
  inputSpecs: Readonly<Record<string, TensorSpec>>,
  { of, most, until }: Repeats,
  name: string,
): TracedBody {
  const tracer = createTracer(backend, true);
  return inScope(() =>
    tracer.trace(nodeName(name), () => {
      const index = bound(tracer, scalar('int32'), 'index:0');
      const goesOn = { name: 'goes_on', dtype: 'bool' } as const;
      const [inputs, inputArguments] = argumentsOf(tracer, inputSpecs, 'input');
      const [state, stateArguments] = argumentsOf(tracer, stateSpecs, 'state');
      const given = Object.entries(of.inputs).map(([input, { shape }]) => [
        input,
        tf.reshape(rowAt(backend, inputs[input] as tf.Tensor, index), [...shape]),
      ]);
      const result = of.run(Object.fromEntries(given) as NamedTensors, state);
      const { state: changed = {} } = result;
      checkState(`the new state of a run of ${name}`, stateSpecs, changed);
      const rowSpecs = Object.entries(result.outputs).map(([output, { shape, dtype }]) => [
        output,
        { shape: [most, ...shape], dtype },
      ]);
      const outputs = Object.fromEntries(rowSpecs) as Record<string, TensorSpec>;
      const [rows, rowArguments] = argumentsOf(tracer, outputs, 'output');
      const filled = Object.entries(rows).map(([output, before]) =>
        withRow(before, index, result.outputs[output] as tf.Tensor),
      );
      const after = [
        tf.add(index, tf.scalar(1, 'int32')),
        tf.logicalNot(result.outputs[until] as tf.Tensor),
        ...filled,
        ...Object.entries(state).map(([variable, before]) => changed[variable] ?? before),
        ...Object.values(inputs),
      ];
      const results = after.map((tensor) => {
        const dtype = tensor.dtype as TensorSpec['dtype'];
        const type = [typeAttribute(backend.binding, 'T', dtype)];
        return { node: tracer.addNode('Identity', 'out', [tracer.outputOf(tensor)], type), dtype };
      });
      const body = {
        name,
        arguments: [
          { name: 'index', dtype: 'int32' } as const,
          goesOn,
          ...rowArguments,
          ...stateArguments,
          ...inputArguments,
        ],
        nodes: tracer.nodes,
        results,
      };
      // A loop body must take all loop variables, even those that a run does not read.
      const needed = { ...pruned(body), arguments: body.arguments };
      return { body: needed, outputs, changed: Object.keys(changed) };
    }),
  );
}

/** Trace the condition for another run. @param inputs specs of the entry's inputs */
function traceCondition(
  backend: NativeBackend,
  given: readonly FunctionArgument[],
  inputs: Readonly<Record<string, TensorSpec>>,
  name: string,
): LibraryFunction {
  const tracer = createTracer(backend, true);
  return inScope(() =>
    tracer.trace(nodeName(name), () => {
      const index = bound(tracer, scalar('int32'), 'index:0');
      const goesOn = bound(tracer, scalar('bool'), 'goes_on:0');
      const [{ count }] = argumentsOf(tracer, inputs, 'input');
      const another = tf.logicalAnd(goesOn, tf.less(index, count as tf.Tensor));
      const [node = ''] = tracer.outputOf(another).split(':');
      return { name, arguments: given, nodes: tracer.nodes, results: [{ node, dtype: 'bool' }] };
    }),
  );
}

/** A tensor bound to the output of a function's node, or to an argument. */
function bound(tracer: Tracer, spec: TensorSpec, output: string): tf.Tensor {
  const tensor = tracer.standIn(spec);
  tracer.bind(tensor, output);
  return tensor;
}

/** Arguments `AS_0`, `AS_1` and so on, and tensors bound to them. */
function argumentsOf(
  tracer: Tracer,
  specs: Readonly<Record<string, TensorSpec>>,
  as: string,
): [tensors: NamedTensors, given: FunctionArgument[]] {
  const entries = Object.entries(specs);
  const tensors = entries.map(([name, spec], at) => [name, bound(tracer, spec, `${as}_${at}:0`)]);
  return [
    Object.fromEntries(tensors) as NamedTensors,
    entries.map(([, { dtype }], at) => ({ name: `${as}_${at}`, dtype })),
  ];
}

/** `rows[index]`, with a leading axis of size 1. */
function rowAt(backend: NativeBackend, rows: tf.Tensor, index: tf.Tensor): tf.Tensor {
  const { binding } = backend;
  const type = (name: string, dtype: TensorSpec['dtype']) => typeAttribute(binding, name, dtype);
  return backend.executeSingleOutput(
    'GatherV2',
    [
      type('Tparams', rows.dtype as TensorSpec['dtype']),
      type('Tindices', 'int32'),
      type('Taxis', 'int32'),
      { name: 'batch_dims', type: binding.TF_ATTR_INT, value: 0 },
    ],
    [rows, tf.reshape(index, [1]), tf.scalar(0, 'int32')],
  );
}

/** Replace one row. */
function withRow(rows: tf.Tensor, index: tf.Tensor, row: tf.Tensor): tf.Tensor {
  const [count = NaN, ...shape] = rows.shape;
  const numbers = Int32Array.from({ length: count }, (_, at) => at);
  const isIt = tf.equal(tf.tensor1d(numbers, 'int32'), index);
  const each = (tensor: tf.Tensor) => tf.broadcastTo(tensor, rows.shape);
  return tf.where(
    each(tf.reshape(isIt, [count, ...shape.map(() => 1)])),
    each(tf.reshape(row, [1, ...shape])),
    rows,
  );
}

function scalar(dtype: TensorSpec['dtype']): TensorSpec {
  return { shape: [], dtype };
}
