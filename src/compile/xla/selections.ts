import { outsideBranch, sideOf, type Branches, type BranchScope } from '../branch-scope.js';
import { typeAttribute, type AddNode } from '../graph.js';
import type { NativeBinding } from '../native-backend.js';

/**
 * Branches for XLA: compute both sides and select one. XLA fuses cheap operations, while a condition that the
 * host must read costs a GPU more than it saves.
 */
export function createSelections(binding: NativeBinding, addNode: AddNode): Branches {
  let current: BranchScope | undefined;
  return {
    made: (output, dtype) => ({ output, dtype, scope: current, gated: false }),

    enter(value) {
      if (value.scope === 'anywhere') return value;
      for (let scope = current; scope !== value.scope; scope = scope.parent) {
        if (!scope) throw outsideBranch();
      }
      return value;
    },

    record(predicate, compute, otherwise) {
      const parent = current;
      current = { parent, predicate, entered: new Map() };
      let taken;
      try {
        taken = compute();
      } finally {
        current = parent;
      }
      return taken.map(({ tensor, reference: { output, dtype } }, index) => {
        const other = sideOf(otherwise, tensor, index);
        const name = addNode(
          'SelectV2',
          'Select',
          [predicate.output, output, other.reference.output],
          [typeAttribute(binding, 'T', dtype)],
        );
        return {
          tensor,
          reference: { output: `${name}:0`, dtype, scope: parent, gated: false },
        };
      });
    },
  };
}
