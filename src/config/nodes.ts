import { isAlias, isMap, isNode, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Place, Problem } from './problem.js';
import { abbreviate, showNode, showPath } from './show.js';

/** Keys, and indices of lists counted from 0, as text. */
export type Path = readonly string[];

/** A value's position, and its key's (the value's again if it has no key). */
export interface Found {
  readonly node: unknown;
  readonly place: Place;
  readonly keyPlace: Place;
}

/** A YAML tree as plain data, with the position of each value. */
export interface PlainTree {
  /** Mappings are objects without a prototype, lists are arrays. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Whether a problem is already reported at a path or above it. */
  readonly isRefused: (path: Path) => boolean;
  readonly find: (path: Path) => Found | undefined;
}

/** Find a node's position, given its parent's. */
export type PlaceOf = (node: Node, around: Place) => Place;

/** A depth that no valid key reaches; anything deeper is reported with its parent. */
const deepest = 10;

/** A value and its children. A tree stores a hostile text's long key once, not with each value below it. */
interface Visited extends Found {
  readonly refused: boolean;
  readonly inner: Map<string, Visited>;
}

/**
 * Reduce a tree to plain data: mappings, lists, text, finite numbers, true, false and null. Anything else in
 * YAML is reported as a problem.
 */
export function toPlain(root: Node, placeOf: PlaceOf): PlainTree {
  const problems: Problem[] = [];
  const top = new Map<string, Visited>();

  function complain(path: Path, place: Place, text: string): void {
    problems.push({ place, key: path.length === 0 ? undefined : showPath(path), text });
  }

  /** @param siblings the parent's values by key, to which the value is added */
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
    // Without a prototype `__proto__` is an ordinary, unknown key.
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
        const where = 'line' in first ? `, first on line ${first.line}` : '';
        complain(inner, keyPlace, `given twice${where}`);
      } else {
        firsts.set(name, keyPlace);
        result[name] = convert(value, inner, visited, keyPlace, keyPlace);
      }
    }
    return result;
  }

  const value = convert(root, [], top, { line: 1, column: 1 });

  /** The root and the nodes along a path, as far as they exist. */
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

/** A key as text, so that 4 and "4" are equal; undefined for keys that are not scalars. */
export function keyText(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}
