import * as tf from '@tensorflow/tfjs-core';
import { createBranches, type Reference } from './branch-scope.js';
import { describe } from './check.js';
import {
  typeAttribute,
  type AddNode,
  type ConstantValue,
  type GraphAttribute,
  type GraphNode,
} from './graph.js';
import type { NativeBackend, OpAttribute } from './native-backend.js';
import type { TensorSpec } from './entry.js';
import { outputSpecs } from './output-specs.js';
import { createSelections } from './xla/selections.js';

/**
 * Records the ops of a function as nodes of a graph.
 *
 * While `trace` runs, the backend's two methods that run ops are replaced by ones that record a node with the
 * same attributes. An output of known shape and type becomes a tensor without values; other ops run as usual,
 * after inputs without values are filled with ones. Tensors are identified by their `dataId`: a tensor not
 * made by a recorded op is a constant if its values were given while tracing, and an error otherwise.
 */
export interface Tracer {
  /** Whether the graph is recorded for XLA, which supports neither bbits' own kernels nor conditions. */
  readonly forXla: boolean;
  readonly nodes: readonly GraphNode[];
  /** Run `run` while the backend records under `scope`. @throws Error for nested calls */
  trace<T>(scope: string, run: () => T): T;
  /** Add a node that has no tfjs op, and return its unique name. */
  readonly addNode: AddNode;
  /** A tensor without values. */
  standIn(spec: TensorSpec): tf.Tensor;
  /** Declare that `tensor` has the value of `output` (`node:index`). */
  bind(tensor: tf.Tensor, output: string): void;
  /** The graph's output (`node:index`) with the value of `tensor`. */
  outputOf(tensor: tf.Tensor): string;
  /** See `branch`: new tensors for the outputs of the side that is taken. */
  branch(
    condition: tf.Tensor,
    compute: () => readonly tf.Tensor[],
    otherwise: readonly tf.Tensor[],
  ): tf.Tensor[];
}

/** The tracer that is recording, if any. */
export let activeTracer: Tracer | undefined;

/** Whether the running code is being recorded for XLA, which does not support every op. */
export function isTracedForXla(): boolean {
  return activeTracer?.forXla === true;
}

export function createTracer(backend: NativeBackend, forXla = false): Tracer {
  const { binding } = backend;
  const nodes: GraphNode[] = [];
  const usedNames = new Set<string>();
  const repeats = new Map<string, number>();
  // Per trace: a value computed in one entry does not exist in another.
  let references = new WeakMap<object, Reference>();
  const constants = new WeakMap<object, ConstantValue>();
  const branches = (forXla ? createSelections : createBranches)(binding, addNode);
  const withoutValues = new WeakSet<object>();
  const runOp = backend.executeMultipleOutputs.bind(backend);
  const idsOf = backend.getInputTensorIds.bind(backend);
  const move = backend.move.bind(backend);
  const readSync = backend.readSync.bind(backend);
  let prefix = '';

  const tracer: Tracer = {
    forXla,
    nodes,
    trace(name, run) {
      if (activeTracer) throw new Error('compile: a program cannot be compiled inside another');
      activeTracer = tracer;
      prefix = `${name}/`;
      references = new WeakMap();
      Object.assign(backend, recording);
      try {
        return run();
      } finally {
        // The backend's own methods are on its prototype, shadowed by these until they are deleted.
        for (const key of Object.keys(recording)) Reflect.deleteProperty(backend, key);
        prefix = '';
        activeTracer = undefined;
      }
    },
    addNode,
    standIn,
    bind(tensor, output) {
      references.set(tensor.dataId, branches.made(output, dtypeOf(tensor), []));
    },
    outputOf: (tensor) => branches.enter(reference(tensor)).output,
    branch(condition, compute, otherwise) {
      const merged = branches.record(
        reference(condition),
        () => compute().map((tensor) => ({ tensor, reference: reference(tensor) })),
        otherwise.map((tensor) => ({ tensor, reference: reference(tensor) })),
      );
      return merged.map(({ tensor, reference }) => {
        // A separate tensor, because `tensor` keeps its meaning inside the branch.
        const merged = standIn({ shape: tensor.shape, dtype: dtypeOf(tensor) });
        references.set(merged.dataId, reference);
        return merged;
      });
    },
  };

  const recording: Partial<NativeBackend> = {
    executeSingleOutput(op, attributes, inputs) {
      const [output] = outputsOf(op, attributes, inputs, 1) as [tf.Tensor];
      record(op, attributes, inputs, [output]);
      return output;
    },
    executeMultipleOutputs(op, attributes, inputs, count) {
      const outputs = outputsOf(op, attributes, inputs, count);
      record(op, attributes, inputs, outputs);
      return outputs;
    },
    getInputTensorIds(tensors) {
      for (const tensor of tensors) if (withoutValues.has(tensor.dataId)) fillWithOnes(tensor);
      return idsOf(tensors);
    },
    move(dataId, values, shape, dtype, refCount) {
      if (values) constants.set(dataId, constantValue(values, shape, dtype));
      move(dataId, values, shape, dtype, refCount);
    },
    readSync(dataId) {
      if (constants.has(dataId)) return readSync(dataId);
      throw new Error(
        `compile: entry "${prefix.slice(0, -1)}" reads the values of a tensor (dataSync, array, ` +
          'print; tf.gather reads its indices to check them). They would be frozen into the graph: ' +
          'compute with tensors, or use branch().',
      );
    },
  };
  return tracer;

  function addNode(
    op: string,
    name: string,
    inputs: readonly string[],
    attributes: readonly GraphAttribute[],
  ): string {
    const wanted = prefix + name;
    let unique = wanted;
    let count = repeats.get(wanted) ?? 0;
    while (usedNames.has(unique)) unique = `${wanted}_${++count}`;
    repeats.set(wanted, count);
    usedNames.add(unique);
    nodes.push({ name: unique, op, inputs, attributes });
    return unique;
  }

  function outputsOf(
    op: string,
    attributes: OpAttribute[],
    inputs: tf.TensorInfo[],
    count: number,
  ): tf.Tensor[] {
    const specs = inputs.map((input) => ({ shape: input.shape, dtype: dtypeOf(input) }));
    const numbers = (input: number) => {
      const tensor = inputs[input];
      const constant = tensor && constants.get(tensor.dataId);
      return constant && Array.from(constant.values);
    };
    return (
      outputSpecs(op, attributes, specs, numbers)?.map(standIn) ??
      runOp(op, attributes, inputs, count)
    );
  }

  function standIn({ shape, dtype }: TensorSpec): tf.Tensor {
    const dataId = {};
    move(dataId, null, [...shape], dtype, 1);
    withoutValues.add(dataId);
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype });
  }

  function fillWithOnes({ dataId, shape, dtype }: tf.TensorInfo): void {
    const ones = tf.util.makeOnesTypedArray(tf.util.sizeFromShape(shape), dtype as 'float32');
    move(dataId, ones, shape, dtype, backend.refCount(dataId));
    withoutValues.delete(dataId);
  }

  function record(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: readonly tf.Tensor[],
  ): void {
    const entered = inputs.map((input) => branches.enter(reference(input)));
    const inputNames = entered.map((input) => input.output);
    const name = addNode(op, op, inputNames, attributes);
    outputs.forEach((output, index) => {
      const made = branches.made(`${name}:${index}`, dtypeOf(output), entered);
      references.set(output.dataId, made);
    });
  }

  function reference(tensor: tf.TensorInfo): Reference {
    const known = references.get(tensor.dataId);
    if (known) return known;
    const value = constants.get(tensor.dataId);
    if (!value) {
      throw new Error(
        `compile: entry "${prefix.slice(0, -1)}" reads a ${describe(tensor)} tensor from outside ` +
          'that is neither an input nor state. Its values would be frozen into the graph: declare ' +
          'it as an input or as state.',
      );
    }
    const name = addNode(
      'Const',
      'Const',
      [],
      [typeAttribute(binding, 'dtype', value.dtype), { name: 'value', tensor: value }],
    );
    const made = {
      output: `${name}:0`,
      dtype: value.dtype,
      scope: 'anywhere',
      gated: false,
    } as const;
    references.set(tensor.dataId, made);
    return made;
  }
}

function constantValue(
  values: tf.backend_util.BackendValues,
  shape: readonly number[],
  dtype: string,
): ConstantValue {
  const numbers = values as ArrayLike<number>;
  const copy = { shape: [...shape] };
  if (dtype === 'float32') return { ...copy, dtype, values: Float32Array.from(numbers) };
  if (dtype === 'int32') return { ...copy, dtype, values: Int32Array.from(numbers) };
  if (dtype === 'bool') return { ...copy, dtype, values: Uint8Array.from(numbers) };
  throw new Error(`compile: a ${dtype} constant in a traced function; expected numbers or bool`);
}

function dtypeOf(tensor: tf.TensorInfo): TensorSpec['dtype'] {
  const { dtype } = tensor;
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Error(`compile: a ${dtype} tensor in a traced function; expected numbers or bool`);
}
