import { z } from 'zod';
import type { JsonSchema } from './forms.js';
import { configSchema } from './schema.js';
import { withShorthand } from './shorthand.js';
import { launchJsonSchema } from './sweep/launch.js';
import { sweepValuesSchema } from './sweep/values.js';

let made: JsonSchema | undefined;

/** The JSON Schema (draft 2020-12) of a config, made once because it takes milliseconds. */
export function configJsonSchema(): JsonSchema {
  return (made ??= withShorthand(
    z.toJSONSchema(configSchema, { io: 'input', override: withoutLimits }),
  ));
}

/** Remove JavaScript's largest and smallest safe integers, which nobody set as limits. */
export function withoutLimits({ jsonSchema }: { readonly jsonSchema: JsonSchema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** A sweep is part of a file, but not of any one config. */
const sweepSchema = {
  description:
    'For bbits sweep: keys with lists of values, every combination of which is a run; or a list of runs, each a mapping of the keys that it sets.',
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

/** The schema of a file, as the text of configs/schema.json. */
export function formatJsonSchema(): string {
  return schemaText(fileSchema());
}

/** Format a schema as prettier does, with short lists on one line. */
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
