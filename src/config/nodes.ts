import { isAlias, isMap, isNode, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Place, Problem } from './problem.js';
import { abbreviate, showNode, showPath } from './show.js';

export type Path = readonly string[];

/** Where a value stands, and its key (the value again, where it has none). */
export interface Found {
  readonly node: unknown;
  readonly place: Place;
  readonly keyPlace: Place;
}

/** A YAML tree as plain data, with the way back from each value to where it stands. */
export interface PlainTree {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Whether the problems say already what is wrong at a path, or above it. */
  readonly isRefused: (path: Path) => boolean;
  readonly find: (path: Path) => Found | undefined;
}

/** Finds a node's place, given that of the node around it. */
export type PlaceOf = (node: Node, around: Place) => Place;

/** Deeper than any key lies, so that what is below is refused with what is around it. */
const deepest = 10;

/**
 * Reduces a tree to plain data: mappings, text, finite numbers, true, false and null.
 * Whatever else YAML can say has no use in a config and becomes a problem.
 */
export function toPlain(root: Node, placeOf: PlaceOf): PlainTree {
  const problems: Problem[] = [];
  const found = new Map<string, Found>();
  const refused = new Set<string>();

  function complain(path: Path, place: Place, text: string): void {
    problems.push({ place, key: path.length === 0 ? undefined : showPath(path), text });
  }

  function convert(node: unknown, path: Path, around: Place, keyPlace?: Place): unknown {
    const place = isNode(node) ? placeOf(node, around) : around;
    found.set(id(path), { node, place, keyPlace: keyPlace ?? place });
    const objection = objectionTo(node);
    if (objection !== undefined) {
      complain(path, place, objection);
      refused.add(id(path));
      return null;
    }
    if (isMap(node) && path.length < deepest) return convertMap(node, path, place);
    // No key takes a list, whatever is in it.
    if (isSeq(node)) return [];
    return isScalar(node) ? node.value : null;
  }

  function convertMap(map: YAMLMap, path: Path, place: Place): unknown {
    // Without a prototype `__proto__` is a key like any other: unknown.
    const result = Object.create(null) as Record<string, unknown>;
    const firsts = new Map<string, Place>();
    for (const { key, value } of map.items) {
      const keyPlace = isNode(key) ? placeOf(key, place) : place;
      const name = keyText(key);
      const inner = [...path, name ?? '?'];
      const first = firsts.get(name ?? '');
      if (name === undefined) {
        complain(inner, keyPlace, `found ${showNode(key)} as a key, expected text`);
      } else if (name === '<<') {
        complain(inner, keyPlace, 'found a merge key, expected the keys themselves');
      } else if (first !== undefined) {
        const where = 'line' in first ? `, first in line ${first.line}` : '';
        complain(inner, keyPlace, `given twice${where}`);
      } else {
        firsts.set(name, keyPlace);
        result[name] = convert(value, inner, keyPlace, keyPlace);
      }
    }
    return result;
  }

  const value = convert(root, [], { line: 1, column: 1 });
  return {
    value,
    problems,
    isRefused: (path) =>
      refused.has(id([])) || path.some((_key, i) => refused.has(id(path.slice(0, i + 1)))),
    find: (path) => found.get(id(path)),
  };
}

/** Why a node is not plain data. */
function objectionTo(node: unknown): string | undefined {
  if (isAlias(node)) {
    return `found the alias *${abbreviate(node.source)}, expected the value itself`;
  }
  if (!isNode(node)) return undefined;
  if (node.tag !== undefined) {
    const written = node.tag.replace('tag:yaml.org,2002:', '!!');
    return `found the tag ${abbreviate(written)}, expected none`;
  }
  if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value)) {
    return `found ${showNode(node)}, expected a finite number`;
  }
  return undefined;
}

/** A key as text, so that 4 and "4" are the same; undefined for keys that are no scalars. */
export function keyText(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function id(path: Path): string {
  return JSON.stringify(path);
}
