import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import type { JsonSchema } from '../forms.js';
import { schemaAt } from '../keys.js';
import { keyText, type Path } from '../nodes.js';
import type { Place, Problem } from '../problem.js';
import { showNode, showPath } from '../show.js';
import { unknownKey } from '../suggest.js';
import { mostPoints, valuesAt } from './values.js';

export const sweepKey = 'sweep';

/** Keys that say how points are started; they are part of no point's config. */
const launchKeys = ['launcher', 'slurm'];

export function isLaunchKey(key: string | undefined): boolean {
  return key !== undefined && launchKeys.includes(key);
}

/** Whether an override sets a launcher's key, such as `slurm.time=60`. */
export function isLaunchOverride(text: string): boolean {
  return isLaunchKey(text.split(/[.=]/, 1)[0]);
}

/** Remove the launcher's keys from a config, and return them. */
export function takeLaunch(content: YAMLMap): Pair[] {
  const pairs = content.items.filter(({ key }) => isLaunchKey(keyText(key)));
  content.items = content.items.filter((pair) => !pairs.includes(pair));
  return pairs;
}

/** The message for a launcher's key where one run is expected. */
export const notForOneRun = 'found a key of bbits sweep, expected a key of a single run';

/** The message for a sweep where one run is expected. */
export const notOneRun =
  'found a sweep, expected a single run; to run the whole sweep, use bbits sweep';

/** One point's settings, and their positions. */
export type PointSettings = readonly {
  readonly path: Path;
  readonly value: Node;
  readonly place: Place;
}[];

/** Remove the sweep section from a config, and return it; undefined if there is none. */
export function takeSweep(content: YAMLMap): { key: Scalar; value: unknown } | undefined {
  const index = content.items.findIndex(({ key }) => keyText(key) === sweepKey);
  const [pair] = index < 0 ? [] : content.items.splice(index, 1);
  return pair && isScalar(pair.key) ? { key: pair.key, value: pair.value } : undefined;
}

/**
 * The points of a sweep: all combinations of a mapping from keys to values, the last key varying fastest; or
 * the mappings of a list.
 *
 * @param value the section's value
 */
export function pointsOf(
  value: unknown,
  schema: JsonSchema,
  placeOf: (node: unknown) => Place,
): { points: PointSettings[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const complain = (node: unknown, path: Path, text: string) => {
    problems.push({ place: placeOf(node), key: showPath([sweepKey, ...path]), text });
  };

  /** The path of a key that may vary. */
  function pathOf(key: unknown, above: Path): Path {
    const name = keyText(key) ?? '';
    const path = name.split('.');
    if (!schemaAt(schema, path)) complain(key, [...above, name], unknownKey(schema, path));
    else if (['backend', 'threads', 'tf32'].includes(path[0] ?? '')) {
      complain(key, [...above, name], 'found a key that affects no result, expected one that does');
    }
    return path;
  }

  function grid(map: YAMLMap): PointSettings[] {
    let points: PointSettings[] = [[]];
    for (const { key, value } of map.items) {
      const path = pathOf(key, []);
      const found = valuesAt(value, (node) => placeOf(node ?? value ?? key));
      if ('problems' in found) {
        const whole = showPath([sweepKey, ...path]);
        for (const problem of found.problems) {
          problems.push({ ...problem, key: problem.key ? `${whole}.${problem.key}` : whole });
        }
        continue;
      }
      if (points.length * found.length > mostPoints) {
        complain(
          value,
          path,
          `found more than ${mostPoints} points up to this key, expected at most that many`,
        );
        return [];
      }
      const place = placeOf(value);
      points = points.flatMap((point) => found.map((value) => [...point, { path, value, place }]));
    }
    return points;
  }

  function listed(items: readonly unknown[]): PointSettings[] {
    return items.map((item, index) => {
      if (isMap(item) && item.items.length > 0) {
        return item.items.map(({ key, value }) => ({
          path: pathOf(key, [String(index)]),
          value: value as Node,
          place: placeOf(item),
        }));
      }
      complain(item, [String(index)], `found ${showNode(item)}, expected a mapping of keys`);
      return [];
    });
  }

  if (isMap(value) && value.items.length > 0) return { points: grid(value), problems };
  if (isSeq(value) && value.items.length > 0 && value.items.length <= mostPoints) {
    return { points: listed(value.items), problems };
  }
  complain(
    value,
    [],
    `found ${showNode(value)}, expected keys with lists of values, as in mu: [0.01, 0.1], or a list of ` +
      `1 to ${mostPoints} points`,
  );
  return { points: [], problems };
}
