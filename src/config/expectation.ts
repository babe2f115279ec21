import { alternatives, type JsonSchema } from './json-schema.js';

/** What may stand at a key, in words: "an integer of at least 1". */
export function expectation(schema: JsonSchema): string {
  const choices = alternatives(schema);
  if (choices.length > 0) return choices.map(expectation).join(', or ');
  if (schema.enum) {
    const names = schema.enum.map(String);
    return names.length === 1 ? names.join() : `one of: ${names.join(', ')}`;
  }
  if (schema.properties) return `a mapping (keys: ${Object.keys(schema.properties).join(', ')})`;
  if (schema.type === 'string') return 'text on one line, not empty';
  return [schema.type === 'integer' ? 'an integer' : 'a number', bounds(schema)]
    .join(' ')
    .trimEnd();
}

function bounds({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return `from ${minimum} to ${maximum}`;
  return [
    minimum !== undefined && `of at least ${minimum}`,
    exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    maximum !== undefined && `of at most ${maximum}`,
    exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
  ]
    .filter((part) => part !== false)
    .join(' and ');
}
