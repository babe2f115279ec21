import type { z } from 'zod';
import type { Path, PlainTree } from './nodes.js';
import { alike } from './suggest.js';

/** Something that the schema objects to. */
export interface Complaint {
  readonly path: Path;
  /** What is wrong: the key itself, or its value. */
  readonly about: 'key' | 'value';
  /** In words, where it is more than the schema of the value alone says. */
  readonly expected?: string;
}

/**
 * The complaints in one of zod's issues. Where a value may have several forms, they are those about
 * the form that was meant.
 */
export function complaintsOf(
  issue: z.core.$ZodIssue,
  tree: PlainTree,
  above: Path = [],
): readonly Complaint[] {
  const path = [...above, ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], about: 'key' }));
  }
  if (issue.code === 'invalid_union') {
    const forms = issue.errors.map((issues) =>
      issues.flatMap((inner) => complaintsOf(inner, tree, path)),
    );
    return meantForm(forms, tree, path) ?? [{ path, about: 'value' }];
  }
  const expected = issue.code === 'custom' ? { expected: issue.message } : {};
  return [{ path, about: 'value', ...expected }];
}

/**
 * The complaints about the form that was meant: the one of the right type to which the least is to
 * be objected. Undefined where that cannot be told.
 */
function meantForm(
  forms: readonly (readonly Complaint[])[],
  tree: PlainTree,
  path: Path,
): readonly Complaint[] | undefined {
  const candidates = forms
    .filter((complaints) => complaints.every((complaint) => complaint.path.length > path.length))
    .map((complaints) => ({ complaints, ...objections(complaints, tree, path) }));
  const fewest = Math.min(...candidates.map(({ count }) => count));
  const best = candidates.filter(({ count }) => count === fewest);
  if (best.length === 1) return best[0]?.complaints;
  // The value has a key that only this form has.
  return best.find((form) =>
    best.some((other) => [...other.unknown].some((key) => !form.unknown.has(key))),
  )?.complaints;
}

/** How much is wrong with a mapping at a path, and which of its keys are unknown. */
function objections(
  complaints: readonly Complaint[],
  tree: PlainTree,
  path: Path,
): { count: number; unknown: ReadonlySet<string> } {
  const unknown = new Set<string>();
  const wrong = new Set<string>();
  for (const complaint of complaints) {
    const key = complaint.path[path.length] ?? '';
    const isHere = complaint.path.length === path.length + 1;
    (complaint.about === 'key' && isHere ? unknown : wrong).add(key);
  }
  const missing = [...wrong].filter((key) => tree.find([...path, key]) === undefined);
  // A slip of the pen makes one key unknown and another one missing.
  const slips = [...unknown].filter((key) => alike(key, missing) !== undefined);
  return { count: unknown.size + wrong.size - slips.length, unknown };
}
