import { z } from 'zod';
import type { JsonSchema } from './forms.js';
import { configSchema } from './schema.js';
import { withShorthand } from './shorthand.js';
import { launchJsonSchema } from './sweep/launch.js';
import { sweepValuesSchema } from './sweep/values.js';

let made: JsonSchema | undefined;

/** What a config may hold, as JSON Schema (draft 2020-12). It takes milliseconds, so it is made once. */
export function configJsonSchema(): JsonSchema {
  return (made ??= withShorthand(
    z.toJSONSchema(configSchema, { io: 'input', override: withoutLimits }),
  ));
}

/** The largest and the least whole number that JavaScript has are no limits that anyone set. */
export function withoutLimits({ jsonSchema }: { readonly jsonSchema: JsonSchema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** A sweep is no part of any one config, but of the file. */
const sweepSchema = {
  description:
    'For bbits sweep: keys with their values, of which every combination is a run; or a list of runs, each with the keys that it sets.',
  anyOf: [
    { type: 'object', minProperties: 1, additionalProperties: sweepValuesSchema },
    { type: 'array', minItems: 1, items: { type: 'object', minProperties: 1 } },
  ],
};

function fileSchema(): JsonSchema {
  const schema = configJsonSchema();
  return {
    ...schema,
    properties: { ...schema.properties, sweep: sweepSchema, ...launchJsonSchema().properties },
  } as JsonSchema;
}

/** What a file may hold, as the text of configs/schema.json. */
export function formatJsonSchema(): string {
  return schemaText(fileSchema());
}

/** A schema as a file's text. Short lists stay on a line, as prettier writes them. */
export function schemaText(schema: JsonSchema): string {
  const text = JSON.stringify(schema, null, 2);
  const compact = text.replace(
    /^(.*\[)\n\s*([^[\]{}]+?)\n\s*(\],?)/gm,
    (list, start: string, items: string, end: string) => {
      const line = `${start}${items.replace(/\n\s*/g, ' ')}${end}`;
      return line.length > 100 ? list : line;
    },
  );
  return `${compact}\n`;
}
