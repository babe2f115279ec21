import { isAlias, isMap, isNode, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Place, Problem } from './problem.js';
import { abbreviate, showNode, showPath } from './show.js';

/** Keys, and indices in lists, from 0, as text. */
export type Path = readonly string[];

/** Where a value stands, and its key (the value again, where it has none). */
export interface Found {
  readonly node: unknown;
  readonly place: Place;
  readonly keyPlace: Place;
}

/** A YAML tree as plain data, with the way back from each value to where it stands. */
export interface PlainTree {
  /** Mappings are objects without a prototype, lists are arrays. */
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

/** A value and what is in it. A tree, since a key is long in a hostile text, and much may be under it. */
interface Visited extends Found {
  readonly refused: boolean;
  readonly inner: Map<string, Visited>;
}

/**
 * Reduces a tree to plain data: mappings, lists, text, finite numbers, true, false and null.
 * Whatever else YAML can say has no use in a config and becomes a problem.
 */
export function toPlain(root: Node, placeOf: PlaceOf): PlainTree {
  const problems: Problem[] = [];
  const top = new Map<string, Visited>();

  function complain(path: Path, place: Place, text: string): void {
    problems.push({ place, key: path.length === 0 ? undefined : showPath(path), text });
  }

  /** @param siblings What stands beside the value; it is added there, by its key. */
  function convert(
    node: unknown,
    path: Path,
    siblings: Map<string, Visited>,
    around: Place,
    keyPlace?: Place,
  ): unknown {
    const place = isNode(node) ? placeOf(node, around) : around;
    const inner = new Map<string, Visited>();
    const objection = objectionTo(node);
    const refused = objection !== undefined;
    siblings.set(path.at(-1) ?? '', { node, place, keyPlace: keyPlace ?? place, refused, inner });
    if (refused) {
      complain(path, place, objection);
      return null;
    }
    if (isScalar(node)) return node.value;
    if (path.length === deepest) return null;
    if (isMap(node)) return convertMap(node, path, inner, place);
    if (!isSeq(node)) return null;
    return node.items.map((item, i) => convert(item, [...path, String(i)], inner, place));
  }

  function convertMap(
    map: YAMLMap,
    path: Path,
    visited: Map<string, Visited>,
    place: Place,
  ): unknown {
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
        result[name] = convert(value, inner, visited, keyPlace, keyPlace);
      }
    }
    return result;
  }

  const value = convert(root, [], top, { line: 1, column: 1 });

  /** The whole, and what is on the way to a path, as far as it is there. */
  function along(path: Path): Visited[] {
    const way: Visited[] = [];
    let at = top.get('');
    for (let depth = 0; at !== undefined; depth++) {
      way.push(at);
      const key = path[depth];
      at = key === undefined ? undefined : at.inner.get(key);
    }
    return way;
  }

  return {
    value,
    problems,
    isRefused: (path) => along(path).some(({ refused }) => refused),
    find: (path) => along(path)[path.length],
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
