import { isMap, isScalar, Pair, Scalar, YAMLMap, type Node } from 'yaml';
import { shellWord } from '../text/shell.js';
import { droppedFrom } from './dropped.js';
import type { JsonSchema } from './forms.js';
import { elementsOf, schemaAt } from './keys.js';
import { keyText, type Path } from './nodes.js';
import type { Problem } from './problem.js';
import { expanded } from './shorthand.js';
import { quote, showPath } from './show.js';
import { unknownKey } from './suggest.js';
import { isLaunchKey, notForOneRun, notOneRun, sweepKey } from './sweep/section.js';
import { parseYaml } from './yaml.js';

/** `training.epochs=3` from the command line, with its value as YAML. */
export interface Override {
  readonly path: Path;
  readonly value: Node;
}

/** Key and text of the override with this index, from 0. */
export function splitOverride(
  text: string,
  index: number,
): { readonly path: Path; readonly value: string } | Problem {
  const equals = text.indexOf('=');
  if (equals > 0) return { path: text.slice(0, equals).split('.'), value: text.slice(equals + 1) };
  return {
    place: { override: index },
    key: quote(text),
    text: `found no ${equals < 0 ? '"="' : 'key'}, expected key=value, as in training.epochs=3`,
  };
}

/** Read the override with this index, from 0. */
export function parseOverride(text: string, index: number, schema: JsonSchema): Override | Problem {
  const split = splitOverride(text, index);
  if ('place' in split) return split;
  const { path } = split;
  const place = { override: index };
  const key = showPath(path);
  if (path[0] === sweepKey) return { place, key, text: notOneRun };
  if (isLaunchKey(path[0])) return { place, key, text: notForOneRun };
  const list = path.findIndex((_key, i) => isList(schemaAt(schema, path.slice(0, i))));
  if (list >= 0) {
    const whole = showPath(path.slice(0, list));
    return {
      place,
      key,
      text: `found an element of a list, expected the whole list, ${whole}=[...]`,
    };
  }
  if (!schemaAt(schema, path)) return { place, key, text: unknownKey(schema, path) };
  const value = valueOf(split.value, key);
  return typeof value === 'string' ? { place, key, text: value } : { path, value };
}

/** An override's value, or a description of its mistake. */
export function valueOf(text: string, key: string): Node | string {
  const { root, errors } = parseYaml(text);
  const dropped = droppedFrom(text);
  if (dropped !== undefined) {
    const quoted = shellWord(`${key}=${JSON.stringify(text)}`);
    return `found ${quote(dropped.text)}, which is ${dropped.as} in YAML, expected a value; if it is text, quote it: ${quoted}`;
  }
  return errors[0]?.text ?? root ?? new Scalar(null);
}

/**
 * Set the value at a path, creating missing sections. If a section on the path is not a mapping, change
 * nothing: validation reports the file's mistake.
 *
 * @param isNew called with each new node, keys included, and with the value
 */
export function applyOverride(
  root: YAMLMap,
  { path, value }: Override,
  isNew: (node: Node) => void,
): void {
  let section = root;
  for (const key of path.slice(0, -1)) {
    const pair = pairAt(section, key, isNew);
    if (isNothing(pair.value)) {
      const made = new YAMLMap();
      isNew(made);
      pair.value = made;
    }
    if (!isMap(pair.value)) return;
    section = pair.value;
  }
  const whole = section === root ? expanded(path[0], value) : value;
  pairAt(section, path.at(-1) ?? '', isNew).value = whole;
  isNew(whole);
}

function isNothing(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null);
}

function isList(schema: JsonSchema | undefined): boolean {
  return schema !== undefined && elementsOf(schema) !== undefined;
}

/** The first pair with this key, or a new one without a value. */
function pairAt(section: YAMLMap, key: string, isNew: (node: Node) => void): Pair {
  const old = section.items.find((pair) => keyText(pair.key) === key);
  if (old !== undefined) return old;
  const name = new Scalar(key);
  isNew(name);
  const pair = new Pair<unknown, unknown>(name);
  section.items.push(pair);
  return pair;
}
