import { isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { JsonSchema } from './forms.js';
import { schemaAt } from './keys.js';
import { keyText, type Path } from './nodes.js';
import type { Problem } from './problem.js';
import { showNode, showPath } from './show.js';
import { unknownKey } from './suggest.js';
import type { ParsedYaml } from './yaml.js';

export const sweepKey = 'sweep';

/** More would take years, and come from a slip. */
const mostPoints = 1000;

/** What one point of a sweep sets. */
export type PointSettings = readonly { readonly path: Path; readonly value: Node }[];

/** Takes the section out of a config; undefined where there is none. */
export function takeSweep(content: YAMLMap): { key: Scalar; value: unknown } | undefined {
  const index = content.items.findIndex(({ key }) => keyText(key) === sweepKey);
  const [pair] = index < 0 ? [] : content.items.splice(index, 1);
  return pair && isScalar(pair.key) ? { key: pair.key, value: pair.value } : undefined;
}

/**
 * The points of a sweep: of a mapping from keys to lists every combination, the last key changing
 * first; of a list of mappings each one.
 *
 * @param value of the section
 */
export function pointsOf(
  value: unknown,
  schema: JsonSchema,
  at: ParsedYaml['at'],
): { points: PointSettings[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const complain = (node: unknown, path: Path, text: string) => {
    const { range } = (node ?? {}) as Partial<Node>;
    problems.push({ place: at(range?.[0] ?? 0), key: showPath([sweepKey, ...path]), text });
  };

  /** The path of a key that may be varied. */
  function pathOf(key: unknown, above: Path): Path {
    const name = keyText(key) ?? '';
    const path = name.split('.');
    if (!schemaAt(schema, path)) complain(key, [...above, name], unknownKey(schema, path));
    else if (path[0] === 'backend' || path[0] === 'threads') {
      complain(key, [...above, name], 'found a key that decides no result, expected one that does');
    }
    return path;
  }

  function grid(map: YAMLMap): PointSettings[] {
    let points: PointSettings[] = [[]];
    for (const { key, value } of map.items) {
      const path = pathOf(key, []);
      if (!isSeq(value) || value.items.length === 0) {
        complain(value ?? key, path, `found ${showNode(value)}, expected a list of values`);
        continue;
      }
      if (points.length * value.items.length > mostPoints) {
        complain(value, path, `found more than ${mostPoints} points up to here, expected fewer`);
        return [];
      }
      const values = value.items as Node[];
      points = points.flatMap((point) => values.map((value) => [...point, { path, value }]));
    }
    return points;
  }

  function listed(items: readonly unknown[]): PointSettings[] {
    return items.map((item, index) => {
      if (isMap(item) && item.items.length > 0) {
        return item.items.map(({ key, value }) => ({
          path: pathOf(key, [String(index)]),
          value: value as Node,
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
