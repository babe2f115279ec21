import type { z } from 'zod';
import { alternatives, formsOf, meantForm, type JsonSchema } from './forms.js';
import { schemaAt, valueAt } from './keys.js';
import type { Path } from './nodes.js';

/** A violation of the schema. */
export interface Complaint {
  readonly path: Path;
  /** Whether the key or its value is wrong. */
  readonly about: 'key' | 'value';
  /** The expectation in words, if it is more than the value's schema says. */
  readonly expected?: string;
}

/**
 * Convert one of zod's issues to complaints. If a mapping may have several forms, keep only those about the
 * intended form.
 *
 * @param config plain data
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
    // A union's last errors are those of its forms.
    const forms = formsOf(at);
    const issues = issue.errors.at(forms.indexOf(form) - forms.length) ?? [];
    return issues.flatMap((inner) => complaintsOf(inner, config, schema, path));
  }
  const expected = issue.code === 'custom' ? { expected: issue.message } : {};
  return [{ path, about: 'value', ...expected }];
}

/** The errors in a list of the right length; empty for anything else. */
function listIssues(
  { errors }: z.core.$ZodIssueInvalidUnion,
  value: unknown,
  schema: JsonSchema,
): readonly z.core.$ZodIssue[] {
  if (!Array.isArray(value)) return [];
  const issues = errors[alternatives(schema).findIndex(({ type }) => type === 'array')] ?? [];
  return issues.every(({ path }) => path.length > 0) ? issues : [];
}
