import { isMap, isScalar, isSeq } from 'yaml';
import type { z } from 'zod';
import { complaintsOf } from './complaints.js';
import { expectation } from './expectation.js';
import { alternatives, formsOf, marksOf, type JsonSchema } from './forms.js';
import { elementsOf, schemaAt } from './keys.js';
import type { Found, Path, PlainTree } from './nodes.js';
import { meantType } from './layers/other-names.js';
import type { Place, Problem } from './problem.js';
import { showNode, showPath } from './show.js';
import { unknownKey } from './suggest.js';

/** The schema's complaints, one problem per key. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  tree: PlainTree,
  schema: JsonSchema,
): Problem[] {
  const problems = new Map<string, Problem>();
  const complaints = issues.flatMap((issue) => complaintsOf(issue, tree.value, schema));
  for (const { path, about, expected } of complaints) {
    const key = path.length === 0 ? undefined : showPath(path);
    if (tree.isRefused(path) || problems.has(String(key))) continue;
    const place = placeOf(path, tree, about === 'key');
    const spelled = 'override' in place ? 'dotted' : 'nested';
    problems.set(String(key), {
      key,
      place,
      text:
        about === 'key'
          ? unknownKey(schema, path, { value: tree.value, spelled })
          : mismatch(path, tree, schema, expected),
    });
  }
  return [...problems.values()];
}

function mismatch(path: Path, tree: PlainTree, root: JsonSchema, expected?: string): string {
  const found = tree.find(path);
  const schema = schemaAt(root, path, tree.value) ?? {};
  const what = found === undefined ? 'missing' : `found ${describe(found, path, tree, schema)}`;
  const meant = path.at(-1) === 'type' ? meantTypeOf(found?.node, schema) : undefined;
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return `${what}, expected ${expected ?? expectation(schema)}${hint}`;
}

/** The layer type that a misspelled one may mean. */
function meantTypeOf(node: unknown, schema: JsonSchema): string | undefined {
  if (!isScalar(node) || typeof node.value !== 'string') return undefined;
  const types = [schema, ...alternatives(schema)].map((one) => one.const);
  return meantType(
    node.value,
    types.filter((type) => typeof type === 'string'),
  );
}

function describe({ node }: Found, path: Path, tree: PlainTree, schema: JsonSchema): string {
  // A list is accepted, so its length must be wrong.
  if (isSeq(node) && elementsOf(schema)) {
    return node.items.length === 0 ? 'an empty list' : `a list of ${node.items.length}`;
  }
  const forms = formsOf(schema);
  if (!isMap(node) || forms.length < 2) return showNode(node);
  // A mapping that may have several forms.
  const missing = forms.flatMap((form) =>
    marksOf(form, forms).filter((key) => tree.find([...path, key]) === undefined),
  );
  return `a mapping without ${missing.join(' or ')}`;
}

/** The position of the key or value; of its parent if the file lacks it. */
function placeOf(path: Path, tree: PlainTree, ofKey: boolean): Place {
  const found = tree.find(path);
  if (found !== undefined) return ofKey ? found.keyPlace : found.place;
  return path.length === 0 ? { line: 1, column: 1 } : placeOf(path.slice(0, -1), tree, false);
}
