import { isMap, isNode, Pair, Scalar, visit, YAMLMap, type Node } from 'yaml';
import { keyText } from '../nodes.js';
import { splitOverride, valueOf } from '../overrides.js';
import type { Place, Problem } from '../problem.js';
import { showNode, showPath } from '../show.js';
import { isLaunchOverride, sweepKey } from './section.js';

/**
 * Split overrides into those of the sweep, such as `sweep.mu=[0.01, 0.1]`, and those of all its points; drop
 * those of the launcher.
 */
export function partOverrides(overrides: readonly string[]): {
  ofSweep: readonly string[];
  ofPoints: readonly string[];
} {
  const isOfSweep = (text: string) => /^sweep[.=]/.test(text);
  return {
    ofSweep: overrides.filter(isOfSweep),
    ofPoints: overrides.filter((text) => !isOfSweep(text) && !isLaunchOverride(text)),
  };
}

/**
 * Apply overrides to a sweep's section: each sets the values of a key; `sweep=...` replaces all.
 *
 * @param section the file's section, if any
 * @returns the section and the origin of the overrides' nodes
 */
export function overrideSweep(
  section: unknown,
  overrides: readonly string[],
): { section: unknown; places: ReadonlyMap<Node, Place>; problems: readonly Problem[] } {
  const places = new Map<Node, Place>();
  const problems: Problem[] = [];
  let whole = section;
  for (const [index, text] of overrides.entries()) {
    const place = { override: index };
    const mark = (node: Node) => {
      visit(node, (_key, inner) => {
        if (isNode(inner)) places.set(inner, place);
      });
    };
    const split = splitOverride(text, index);
    if ('place' in split) {
      problems.push(split);
      continue;
    }
    const [, ...path] = split.path;
    const key = showPath(split.path);
    const value = valueOf(split.value, key);
    if (typeof value === 'string') {
      problems.push({ place, key, text: value });
      continue;
    }
    mark(value);
    if (path.length === 0) {
      whole = value;
      continue;
    }
    whole ??= new YAMLMap();
    if (!isMap(whole)) {
      const found = `found ${showNode(whole)} in the file`;
      problems.push({ place, key, text: `${found}, expected keys with lists of values` });
      continue;
    }
    const name = new Scalar(path.join('.'));
    mark(name);
    const old = whole.items.find((pair) => keyText(pair.key) === name.value);
    if (old === undefined) whole.items.push(new Pair<unknown, unknown>(name, value));
    else old.value = value;
  }
  return { section: whole, places, problems };
}

/** The message for a text without a sweep. */
export const noSweep = {
  place: { line: 1, column: 1 },
  key: sweepKey,
  text: 'missing, expected the keys to vary, as in sweep: {mu: [0.01, 0.1], seed: 1..3}',
};
