import type { z } from 'zod';
import { alike } from './alike.js';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What a key may be where it may be one of several things; empty elsewhere. */
export function alternatives({ anyOf, oneOf }: JsonSchema): JsonSchema[] {
  return (anyOf ?? oneOf ?? []).map(asSchema);
}

/** A schema proper: true, which allows anything, is one without rules. */
export function asSchema(schema: z.core.JSONSchema._JSONSchema): JsonSchema {
  return typeof schema === 'boolean' ? {} : schema;
}

/** The mappings that a key may take: several where a mapping may have one of several forms. */
export function formsOf(schema: JsonSchema): JsonSchema[] {
  return [schema, ...alternatives(schema)].filter(({ properties }) => properties);
}

/**
 * The form that a mapping is meant to have: that of its type, or the one whose keys it has with the
 * fewest missing and unknown; of two as near, the last that has all it needs. Undefined where
 * neither tells.
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

/** How many keys are missing or unknown; a slip of the pen, which is both, counts once. */
function distance({ required = [], properties = {} }: JsonSchema, keys: readonly string[]): number {
  const missing = required.filter((key) => !keys.includes(key));
  const unknown = keys.filter((key) => !(key in properties));
  const slips = unknown.filter((key) => alike(key, missing) !== undefined);
  return missing.length + unknown.length - slips.length;
}

/** The key that is constant in a form and tells it from the others, as `type: dense`. */
export function typeOf(form: JsonSchema): { key: string; type: unknown } | undefined {
  for (const [key, inner] of Object.entries(form.properties ?? {})) {
    const type = asSchema(inner).const;
    if (type !== undefined) return { key, type };
  }
  return undefined;
}

/** The keys that a form requires and that not every form has: they tell which form it is. */
export function marksOf(form: JsonSchema, forms: readonly JsonSchema[]): string[] {
  const inAll = (key: string) => forms.every(({ properties }) => properties && key in properties);
  return (form.required ?? []).filter((key) => !inAll(key));
}
