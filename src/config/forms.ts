import type { z } from 'zod';
import { alike } from './alike.js';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The alternatives of a key's schema; empty for a single one. */
export function alternatives({ anyOf, oneOf }: JsonSchema): JsonSchema[] {
  return (anyOf ?? oneOf ?? []).map(asSchema);
}

/** A schema object; `true`, which accepts anything, becomes one without rules. */
export function asSchema(schema: z.core.JSONSchema._JSONSchema): JsonSchema {
  return typeof schema === 'boolean' ? {} : schema;
}

/** The forms of the mapping that a key accepts. */
export function formsOf(schema: JsonSchema): JsonSchema[] {
  return [schema, ...alternatives(schema)].filter(({ properties }) => properties);
}

/**
 * The intended form of a mapping: if all forms have types, the form of its type; otherwise the form with the
 * fewest missing and unknown keys; in a tie, the last whose required keys are all present. Undefined if none.
 */
export function meantForm(schema: JsonSchema, value: unknown): JsonSchema | undefined {
  const forms = formsOf(schema);
  if (forms.length < 2) return forms[0];
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = new Map(Object.entries(value));
  if (forms.every(typeOf)) {
    return forms.find((form) => {
      const told = typeOf(form);
      return told !== undefined && entries.get(told.key) === told.type;
    });
  }
  const away = forms.map((form) => distance(form, [...entries.keys()]));
  const nearest = forms.filter((_form, i) => away[i] === Math.min(...away));
  if (nearest.length === 1) return nearest[0];
  return nearest.findLast(({ required = [] }) => required.every((key) => entries.has(key)));
}

/** The number of missing or unknown keys; a misspelled key, which is both, counts once. */
function distance({ required = [], properties = {} }: JsonSchema, keys: readonly string[]): number {
  const missing = required.filter((key) => !keys.includes(key));
  const unknown = keys.filter((key) => !(key in properties));
  const slips = unknown.filter((key) => alike(key, missing) !== undefined);
  return missing.length + unknown.length - slips.length;
}

/** The constant key that distinguishes a form, such as `type: dense`. */
export function typeOf(form: JsonSchema): { key: string; type: unknown } | undefined {
  for (const [key, inner] of Object.entries(form.properties ?? {})) {
    const type = asSchema(inner).const;
    if (type !== undefined) return { key, type };
  }
  return undefined;
}

/** The identifying keys of a form: those that it requires and some other form lacks. */
export function marksOf(form: JsonSchema, forms: readonly JsonSchema[]): string[] {
  const inAll = (key: string) => forms.every(({ properties }) => properties && key in properties);
  return (form.required ?? []).filter((key) => !inAll(key));
}
