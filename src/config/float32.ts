import { isScalar } from 'yaml';
import { expectation } from './expectation.js';
import type { JsonSchema } from './forms.js';
import { schemaAt } from './keys.js';
import type { Path, PlainTree } from './nodes.js';
import type { Problem } from './problem.js';
import { showNode, showPath } from './show.js';

/** Kernels flush subnormal numbers to 0. */
const smallest = 2 ** -126;

/** Report numbers that become 0, infinite or out of bounds in float32, in which networks compute. */
export function float32Problems(tree: PlainTree, schema: JsonSchema): Problem[] {
  return numbersIn(tree.value).flatMap(({ path, value }) => {
    const at = schemaAt(schema, path, tree.value);
    const found = tree.find(path);
    if (at === undefined || found === undefined) return [];
    const objection = objectionTo(value, isScalar(found.node) ? found.node.source : undefined, at);
    if (objection === undefined) return [];
    const text = `found ${showNode(found.node)}, which is ${objection}`;
    return [{ place: found.place, key: showPath(path), text }];
  });
}

function objectionTo(
  value: number,
  source: string | undefined,
  schema: JsonSchema,
): string | undefined {
  const rounded = Math.fround(value);
  // JavaScript already reads 1e-400 as 0.
  const [digits = ''] = (source ?? '').split(/e/i);
  const isMeantAsZero = value === 0 && !/[1-9]/.test(digits);
  const magnitudes = 'a magnitude from 1.18e-38 to 3.4e+38';
  if (Math.abs(rounded) < smallest && !isMeantAsZero) {
    return `0 in float32, expected ${schema.exclusiveMinimum === 0 ? '' : '0 or '}${magnitudes}`;
  }
  if (!Number.isFinite(rounded)) return `infinite in float32, expected ${magnitudes}`;
  const { exclusiveMaximum: below } = schema;
  if (typeof below === 'number' && value < below && rounded >= below) {
    return `${rounded} in float32, expected ${expectation(schema)} after rounding`;
  }
  return undefined;
}

function numbersIn(value: unknown, path: Path = []): { path: Path; value: number }[] {
  if (typeof value === 'number') return [{ path, value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, [...path, key]));
}
