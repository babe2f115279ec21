import type { z } from 'zod';
import { alternatives, formsOf, meantForm, type JsonSchema } from './forms.js';
import { schemaAt, valueAt } from './keys.js';
import type { Path } from './nodes.js';

/** Something that the schema objects to. */
export interface Complaint {
  readonly path: Path;
  /** What is wrong: the key itself, or its value. */
  readonly about: 'key' | 'value';
  /** In words, where it is more than the schema of the value alone says. */
  readonly expected?: string;
}

/**
 * The complaints in one of zod's issues. Where a mapping may have several forms, they are those about
 * the form that was meant.
 *
 * @param config as plain data
 */
export function complaintsOf(
  issue: z.core.$ZodIssue,
  config: unknown,
  schema: JsonSchema,
  above: Path = [],
): readonly Complaint[] {
  const path = [...above, ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], about: 'key' }));
  }
  if (issue.code === 'invalid_union') {
    const at = schemaAt(schema, path, config) ?? {};
    const list = listIssues(issue, valueAt(config, path), at);
    if (list.length > 0) {
      return list.flatMap((inner) => complaintsOf(inner, config, schema, path));
    }
    const form = meantForm(at, valueAt(config, path));
    if (form === undefined) return [{ path, about: 'value' }];
    // Forms are the last of what a key may be.
    const forms = formsOf(at);
    const issues = issue.errors.at(forms.indexOf(form) - forms.length) ?? [];
    return issues.flatMap((inner) => complaintsOf(inner, config, schema, path));
  }
  const expected = issue.code === 'custom' ? { expected: issue.message } : {};
  return [{ path, about: 'value', ...expected }];
}

/** What is wrong in a list of the right length, where a list may stand; empty where it is something else. */
function listIssues(
  { errors }: z.core.$ZodIssueInvalidUnion,
  value: unknown,
  schema: JsonSchema,
): readonly z.core.$ZodIssue[] {
  if (!Array.isArray(value)) return [];
  const issues = errors[alternatives(schema).findIndex(({ type }) => type === 'array')] ?? [];
  return issues.every(({ path }) => path.length > 0) ? issues : [];
}
