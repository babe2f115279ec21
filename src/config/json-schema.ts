import { z } from 'zod';
import { configSchema } from './schema.js';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

let made: JsonSchema | undefined;

/** What a config may hold, as JSON Schema (draft 2020-12). It takes milliseconds, so it is made once. */
export function configJsonSchema(): JsonSchema {
  return (made ??= z.toJSONSchema(configSchema, {
    io: 'input',
    override({ jsonSchema }) {
      // The largest whole number that JavaScript has is no limit that anyone set.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  }));
}

/** A sweep is no part of any one config, but of the file. */
const sweepSchema = {
  description:
    'For bbits sweep: keys with lists of values, of which every combination is a run; or a list of runs, each with the keys that it sets.',
  anyOf: [
    { type: 'object', minProperties: 1, additionalProperties: { type: 'array', minItems: 1 } },
    { type: 'array', minItems: 1, items: { type: 'object', minProperties: 1 } },
  ],
};

function fileSchema(): JsonSchema {
  const schema = configJsonSchema();
  return { ...schema, properties: { ...schema.properties, sweep: sweepSchema } } as JsonSchema;
}

/** What a file may hold, as the text of configs/schema.json. Short lists stay on a line, as prettier writes them. */
export function formatJsonSchema(): string {
  const text = JSON.stringify(fileSchema(), null, 2);
  const compact = text.replace(
    /\[\n\s*([^[\]{}]+?)\n\s*\]/g,
    (_list, items: string) => `[${items.replace(/\n\s*/g, ' ')}]`,
  );
  return `${compact}\n`;
}

/** What a key may be where it may be one of several things; empty elsewhere. */
export function alternatives({ anyOf, oneOf }: JsonSchema): JsonSchema[] {
  return (anyOf ?? oneOf ?? []).map(asSchema);
}

/** A schema proper: true, which allows anything, is one without rules. */
export function asSchema(schema: z.core.JSONSchema._JSONSchema): JsonSchema {
  return typeof schema === 'boolean' ? {} : schema;
}
