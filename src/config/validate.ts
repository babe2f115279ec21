import type { z } from 'zod';
import { expectation } from './expectation.js';
import type { JsonSchema } from './json-schema.js';
import { schemaAt } from './keys.js';
import type { Path, PlainTree } from './nodes.js';
import type { Place, Problem } from './problem.js';
import { showNode, showPath } from './show.js';
import { unknownKey } from './suggest.js';

type Issue = z.core.$ZodIssue;

/** What the schema objects to, a problem for each key. */
export function problemsOf(
  issues: readonly Issue[],
  tree: PlainTree,
  schema: JsonSchema,
): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { path, unknown } of issues.flatMap((issue) => complaints(issue, []))) {
    const key = path.length === 0 ? undefined : showPath(path);
    if (tree.isRefused(path) || problems.has(String(key))) continue;
    problems.set(String(key), {
      key,
      place: placeOf(path, tree, unknown),
      text: unknown ? unknownKey(schema, path) : mismatch(path, tree, schema),
    });
  }
  return [...problems.values()];
}

interface Complaint {
  readonly path: Path;
  /** The key itself is wrong, not its value. */
  readonly unknown: boolean;
}

function complaints(issue: Issue, above: Path): Complaint[] {
  const path = [...above, ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], unknown: true }));
  }
  if (issue.code === 'invalid_union') {
    // The alternative that was meant is the one of the right type, if there is one.
    const meant = issue.errors.find((issues) =>
      issues.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
    );
    if (meant !== undefined) return meant.flatMap((inner) => complaints(inner, path));
  }
  return [{ path, unknown: false }];
}

function mismatch(path: Path, tree: PlainTree, schema: JsonSchema): string {
  const found = tree.find(path);
  const what = found === undefined ? 'missing' : `found ${showNode(found.node)}`;
  return `${what}, expected ${expectation(schemaAt(schema, path) ?? {})}`;
}

/** Of the key or value; of what is around it where the file has none. */
function placeOf(path: Path, tree: PlainTree, ofKey: boolean): Place {
  const found = tree.find(path);
  if (found !== undefined) return ofKey ? found.keyPlace : found.place;
  return path.length === 0 ? { line: 1, column: 1 } : placeOf(path.slice(0, -1), tree, false);
}
