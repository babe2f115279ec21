import type * as tf from '@tensorflow/tfjs-core';
import { describe } from './check.js';
import { typeAttribute, type AddNode } from './graph.js';
import type { NativeBinding } from './native-backend.js';
import type { TensorSpec } from './entry.js';

/** The place of a tensor's value in the graph. */
export interface Reference {
  /** `node:index` */
  readonly output: string;
  readonly dtype: TensorSpec['dtype'];
  /** The branch that made it; undefined outside all branches; `anywhere` for a constant. */
  readonly scope: BranchScope | 'anywhere' | undefined;
  /** Whether the value is missing if the branch that made it is not taken. */
  readonly gated: boolean;
}

/** A branch being recorded. Each outside value that it reads enters through one `Switch` node. */
export interface BranchScope {
  readonly parent: BranchScope | undefined;
  /** The condition, in the parent's scope. */
  readonly predicate: Reference;
  readonly entered: Map<string, Reference>;
}

export interface Recorded {
  readonly tensor: tf.Tensor;
  readonly reference: Reference;
}

export interface Branches {
  /** The reference of an op's output in the current branch, given its inputs. */
  made(output: string, dtype: TensorSpec['dtype'], inputs: readonly Reference[]): Reference;
  /** Make a value readable in the current branch. @throws Error if a branch that has ended made it */
  enter(value: Reference): Reference;
  /**
   * Record a branch and return a merged reference for each output.
   *
   * @throws Error if an output is missing or differs in shape or type between the sides
   */
  record(
    predicate: Reference,
    compute: () => readonly Recorded[],
    otherwise: readonly Recorded[],
  ): Recorded[];
}

/**
 * TensorFlow's conditional execution inside a graph: a `Switch` passes its input to one of two outputs, ops
 * without an available input do not run, and a `Merge` returns the input that arrived.
 */
export function createBranches(binding: NativeBinding, addNode: AddNode): Branches {
  let current: BranchScope | undefined;
  return { made, enter: (value) => enter(value, current), record };

  function made(
    output: string,
    dtype: TensorSpec['dtype'],
    inputs: readonly Reference[],
  ): Reference {
    const gated = inputs.some((input) => input.gated && input.scope === current);
    return { output, dtype, scope: current, gated };
  }

  function enter(value: Reference, scope: BranchScope | undefined): Reference {
    if (value.scope === scope || value.scope === 'anywhere') return value;
    if (!scope) throw outsideBranch();
    const known = scope.entered.get(value.output);
    if (known) return known;
    const entered = takenSide(enter(value, scope.parent), scope);
    scope.entered.set(value.output, entered);
    return entered;
  }

  function takenSide(value: Reference, scope: BranchScope): Reference {
    return { output: `${addSwitch(value, scope)}:1`, dtype: value.dtype, scope, gated: true };
  }

  function addSwitch(value: Reference, scope: BranchScope): string {
    return addNode(
      'Switch',
      'Switch',
      [value.output, scope.predicate.output],
      [typeAttribute(binding, 'T', value.dtype)],
    );
  }

  function record(
    predicate: Reference,
    compute: () => readonly Recorded[],
    otherwise: readonly Recorded[],
  ): Recorded[] {
    const parent = current;
    const scope = { parent, predicate: enter(predicate, parent), entered: new Map() };
    current = scope;
    let taken: Recorded[];
    try {
      taken = compute().map(({ tensor, reference }) => {
        const value = enter(reference, scope);
        // A value without outside inputs would always arrive at the merge.
        return { tensor, reference: value.gated ? value : takenSide(value, scope) };
      });
    } finally {
      current = parent;
    }
    return taken.map((side, index) => ({
      tensor: side.tensor,
      reference: merge(side, sideOf(otherwise, side.tensor, index), scope),
    }));
  }

  function merge(taken: Recorded, other: Recorded, scope: BranchScope): Reference {
    const skippedSide = addSwitch(enter(other.reference, scope.parent), scope);
    const { dtype } = taken.reference;
    const name = addNode(
      'Merge',
      'Merge',
      [`${skippedSide}:0`, taken.reference.output],
      [typeAttribute(binding, 'T', dtype), { name: 'N', type: binding.TF_ATTR_INT, value: 2 }],
    );
    return { output: `${name}:0`, dtype, scope: scope.parent, gated: scope.predicate.gated };
  }
}

/** An output's value if the branch is not taken. @throws Error if it is missing or of another shape or type */
export function sideOf(otherwise: readonly Recorded[], taken: tf.Tensor, index: number): Recorded {
  const other = otherwise[index];
  const found = other ? describe(other.tensor) : 'missing';
  if (!other || found !== describe(taken)) {
    throw new Error(
      `compile: output ${index} of a branch is ${describe(taken)} if taken, ${found} if not`,
    );
  }
  return other;
}

export function outsideBranch(): Error {
  return new Error('compile: a tensor made inside a branch is read outside; return it from there');
}
