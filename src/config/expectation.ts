import { isDeepStrictEqual } from 'node:util';
import { alternatives, typeOf, type JsonSchema } from './forms.js';
import { elementsOf } from './keys.js';
import { describeText } from './sections/text.js';

/** The values that a key accepts, in words: "an integer of at least 1". */
export function expectation(schema: JsonSchema): string {
  const names = namesOf(schema);
  if (names !== undefined) return names.length === 1 ? names.join() : `one of: ${names.join(', ')}`;
  const choices = alternatives(schema);
  if (choices.length > 0) {
    return (
      typedForms(choices) ??
      choices.map((one) => ofThese(one, choices) ?? expectation(one)).join(', or ')
    );
  }
  if (schema.properties) return `a mapping (keys: ${Object.keys(schema.properties).join(', ')})`;
  const elements = elementsOf(schema);
  if (elements) return `a list of ${length(schema)}, each ${expectation(elements)}`;
  if (schema.type === 'string') return describeText(schema.pattern);
  if (schema.type === 'boolean') return 'true or false';
  return [schema.type === 'integer' ? 'an integer' : 'a number', bounds(schema)]
    .join(' ')
    .trimEnd();
}

/** The values of an enumeration. */
function namesOf(schema: JsonSchema): string[] | undefined {
  if (schema.enum) return schema.enum.map(String);
  if (schema.const !== undefined) return [String(schema.const)];
  const names = alternatives(schema).map(namesOf);
  return names.length > 0 && names.every((name) => name !== undefined) ? names.flat() : undefined;
}

/** Mappings that differ by a constant key: "a mapping (type is one of: dense, flatten)". */
function typedForms(forms: readonly JsonSchema[]): string | undefined {
  const told = forms.map(typeOf);
  const key = told[0]?.key;
  if (key === undefined || told.some((type) => type?.key !== key)) return undefined;
  return `a mapping (${key} is one of: ${told.map((type) => String(type?.type)).join(', ')})`;
}

/** A list whose elements are also accepted on their own. */
function ofThese(schema: JsonSchema, choices: readonly JsonSchema[]): string | undefined {
  const elements = schema.type === 'array' ? elementsOf(schema) : undefined;
  const isOne = choices.some((one) => one !== schema && isDeepStrictEqual(one, elements));
  return elements && isOne ? `a list of ${length(schema)} of these` : undefined;
}

function length({ minItems, maxItems }: JsonSchema): string {
  if (minItems !== undefined && minItems === maxItems) return String(minItems);
  if (minItems === undefined) return `at most ${maxItems ?? Infinity}`;
  return `${minItems} to ${maxItems ?? Infinity}`;
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
