import type * as tf from '@tensorflow/tfjs-core';
import { checkState } from './check.js';
import { shapeAttribute, typeAttribute } from './graph.js';
import type { NativeBackend } from './native-backend.js';
import type { Entry, NamedTensors, TensorSpec } from './entry.js';
import { inScope } from './scope.js';
import type { Tracer } from './tracer.js';

/** The names of the nodes that hold, read and set a variable. */
export interface Variable {
  readonly spec: TensorSpec;
  readonly handle: string;
  readonly read: string;
  readonly placeholder: string;
  /** Runs after the placeholder's value has been assigned. */
  readonly wasSet: string;
}

export function addVariables(
  backend: NativeBackend,
  tracer: Tracer,
  specs: Readonly<Record<string, TensorSpec>>,
): Map<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const [name, spec] of Object.entries(specs)) {
    const node = `state/${nodeName(name)}`;
    const dtype = typeAttribute(backend.binding, 'dtype', spec.dtype);
    const shape = shapeAttribute(backend.binding, spec.shape);
    const text = (attribute: string, value: string) => ({
      name: attribute,
      type: backend.binding.TF_ATTR_STRING,
      value,
    });
    const handle = tracer.addNode(
      'VarHandleOp',
      node,
      [],
      // Equal shared names would make two variables one, and `nodeName` may map two names to one.
      [dtype, shape, text('container', ''), text('shared_name', `state/${name}`)],
    );
    const placeholder = tracer.addNode('Placeholder', `${node}/new`, [], [dtype, shape]);
    const copy = addCopy(backend, tracer, `${node}/copy`, placeholder, spec);
    const assign = tracer.addNode(
      'AssignVariableOp',
      `${node}/set`,
      [`${handle}:0`, `${copy}:0`],
      [dtype],
    );
    const read = tracer.addNode('ReadVariableOp', `${node}/read`, [`${handle}:0`], [dtype]);
    const wasSet = addSignal(backend, tracer, `${node}/was_set`, [assign]);
    variables.set(name, { spec, handle, read, placeholder, wasSet });
  }
  return variables;
}

/** The inputs of an entry's nodes, as `node:index`. */
export interface Sources {
  input(name: string, spec: TensorSpec): string;
  /** The handle of a variable. */
  handle(variable: string): string;
}

/** The outputs of an entry's nodes. */
export interface TracedEntry {
  readonly outputs: readonly {
    readonly name: string;
    readonly node: string;
    readonly dtype: TensorSpec['dtype'];
  }[];
  /** A bool node that runs after all updates of the state. */
  readonly done: string;
}

/** Record an entry: its outputs, and its updates of the state. */
export function traceEntry(
  backend: NativeBackend,
  tracer: Tracer,
  stateSpecs: Readonly<Record<string, TensorSpec>>,
  name: string,
  traceable: Entry,
  sources: Sources,
): TracedEntry {
  const { binding } = backend;
  return inScope(() => {
    const inputs: NamedTensors = {};
    const state: NamedTensors = {};
    for (const [input, spec] of Object.entries(traceable.inputs)) {
      inputs[input] = tracer.standIn(spec);
    }
    for (const [variable, spec] of Object.entries(stateSpecs)) {
      state[variable] = tracer.standIn(spec);
    }

    return tracer.trace(nodeName(name), () => {
      for (const [input, spec] of Object.entries(traceable.inputs)) {
        tracer.bind(inputs[input] as tf.Tensor, sources.input(input, spec));
      }
      // Each entry reads a variable in one node, before any update.
      const reads = new Map<string, string>();
      for (const [variable, spec] of Object.entries(stateSpecs)) {
        const read = tracer.addNode(
          'ReadVariableOp',
          `read/${nodeName(variable)}`,
          [sources.handle(variable)],
          [typeAttribute(binding, 'dtype', spec.dtype)],
        );
        reads.set(variable, read);
        tracer.bind(state[variable] as tf.Tensor, `${read}:0`);
      }
      const { outputs, state: changed = {} } = traceable.run(inputs, state);
      checkState(`the new state of entry "${name}"`, stateSpecs, changed);

      const results = Object.entries(outputs).map(([output, value]) => {
        const dtype = value.dtype as TensorSpec['dtype'];
        // The identity names the output, and is never a placeholder itself.
        const node = tracer.addNode(
          'Identity',
          `out/${nodeName(output)}`,
          [tracer.outputOf(value)],
          [typeAttribute(binding, 'T', dtype)],
        );
        return { name: output, node, dtype };
      });
      // Either all of the state changes or, if an op fails, none.
      const values = Object.entries(changed).map(
        ([variable, value]) => [variable, tracer.outputOf(value)] as const,
      );
      const computed = addSignal(backend, tracer, 'computed', [
        ...results.map(({ node }) => node),
        ...values.map(([variable]) => reads.get(variable) as string),
        ...values.map(([, value]) => value.replace(/:\d+$/, '')),
      ]);
      const updates = values.map(([variable, value]) => {
        const { dtype } = stateSpecs[variable] as TensorSpec;
        return tracer.addNode(
          'AssignVariableOp',
          `update/${nodeName(variable)}`,
          [sources.handle(variable), value, `^${computed}`],
          [typeAttribute(binding, 'dtype', dtype)],
        );
      });
      const done = addSignal(backend, tracer, 'done', updates);
      return { outputs: results, done };
    });
  });
}

/** Add a placeholder for an input of an entry. */
export function addInput(
  backend: NativeBackend,
  tracer: Tracer,
  input: string,
  spec: TensorSpec,
): { readonly placeholder: string; readonly copy: string } {
  const { binding } = backend;
  const placeholder = tracer.addNode(
    'Placeholder',
    `in/${nodeName(input)}`,
    [],
    [typeAttribute(binding, 'dtype', spec.dtype), shapeAttribute(binding, spec.shape)],
  );
  const copy = addCopy(backend, tracer, `in/${nodeName(input)}/copy`, placeholder, spec);
  return { placeholder, copy: `${copy}:0` };
}

/**
 * Copy a fed tensor. It may share the memory of a JavaScript array, which the binding returns to V8 when the
 * last reference is dropped. A variable drops that reference in a TensorFlow thread, where V8 must not be
 * called: occasional crashes.
 */
function addCopy(
  { binding }: NativeBackend,
  tracer: Tracer,
  name: string,
  fed: string,
  { dtype }: TensorSpec,
): string {
  return tracer.addNode('DeepCopy', name, [`${fed}:0`], [typeAttribute(binding, 'T', dtype)]);
}

/** A scalar that is available once the given nodes have run. */
function addSignal(
  { binding }: NativeBackend,
  tracer: Tracer,
  name: string,
  after: readonly string[],
): string {
  const value = { dtype: 'bool', shape: [], values: Uint8Array.of(1) } as const;
  const constant = tracer.addNode(
    'Const',
    `${name}/value`,
    [],
    [typeAttribute(binding, 'dtype', 'bool'), { name: 'value', tensor: value }],
  );
  return tracer.addNode(
    'Identity',
    name,
    [`${constant}:0`, ...new Set(after.map((node) => `^${node}`))],
    [typeAttribute(binding, 'T', 'bool')],
  );
}

/** Make a valid node name: letters, digits and `_.-/`, the first a letter, digit or `.`. */
export function nodeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_./-]/g, '_').replace(/^(?![A-Za-z0-9.])/, 'x');
}
