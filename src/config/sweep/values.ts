import { isMap, isNode, isScalar, isSeq, Scalar, type Node, type YAMLMap } from 'yaml';
import { z } from 'zod';
import type { JsonSchema } from '../forms.js';
import { keyText, toPlain } from '../nodes.js';
import type { Place, Problem } from '../problem.js';
import { showNode } from '../show.js';
import { problemsOf } from '../validate.js';

/** A larger sweep would take years, so it must be a mistake. */
export const mostPoints = 10_000;

/** A range of numbers, such as `mu: {from: 0.001, to: 1, points: 7, spacing: log}`. */
const spaced = z
  .strictObject({
    from: z.number().describe('The first value.'),
    to: z.number().describe('The last value.'),
    points: z.int().min(2).max(mostPoints).describe('Number of values, both ends included.'),
    spacing: z
      .enum(['linear', 'log'])
      .default('linear')
      .describe('Equal differences between values (linear), or equal ratios (log).'),
  })
  .superRefine(({ from, to, spacing }, context) => {
    for (const [key, value] of Object.entries({ from, to })) {
      if (spacing === 'linear' || value > 0) continue;
      const message = 'a number above 0, since spacing is log';
      context.addIssue({ code: 'custom', path: [key], message });
    }
  });

const range = /^(-?\d+)\.\.(-?\d+)$/;

const spacedSchema = z.toJSONSchema(spaced, { io: 'input' }) as JsonSchema;

/** The value of a sweep's key. */
export const sweepValuesSchema = {
  anyOf: [
    { type: 'array', minItems: 1, uniqueItems: true, description: 'The values.' },
    { type: 'string', pattern: range.source, description: 'A range of whole numbers: 1..10.' },
    { ...spacedSchema, $schema: undefined, description: 'A range of numbers.' },
  ],
};

type Values = readonly Node[] | { readonly problems: readonly Problem[] };

/**
 * The values of a sweep's key, from a list or a range.
 *
 * @returns the values, or the mistakes, with keys relative to this one
 */
export function valuesAt(node: unknown, placeOf: (node: unknown) => Place): Values {
  const values = valuesOf(node, placeOf);
  if ('problems' in values) return values;
  const again = values.find((value, i) => values.slice(0, i).some((other) => same(value, other)));
  if (again === undefined) return values;
  return refused(placeOf(again), `found ${showNode(again)} twice, expected each value once`);
}

function valuesOf(node: unknown, placeOf: (node: unknown) => Place): Values {
  if (isSeq(node) && node.items.length > 0) return node.items as Node[];
  if (isMap(node) && node.items.some(({ key }) => (keyText(key) ?? '') in spaced.shape)) {
    return spacedNumbers(node, placeOf);
  }
  const ends = isScalar(node) ? range.exec(String(node.value)) : null;
  if (ends && isScalar(node)) return wholeNumbers(Number(ends[1]), Number(ends[2]), node, placeOf);
  const text = isSeq(node)
    ? 'found an empty list, expected at least one value'
    : `found ${showNode(node)}, expected a list of values, whole numbers as in 1..10, or ` +
      '{from: 0.01, to: 1, points: 5}';
  return refused(placeOf(node), text);
}

function refused(place: Place, text: string): Values {
  return { problems: [{ place, text }] };
}

function wholeNumbers(
  first: number,
  last: number,
  node: Scalar,
  placeOf: (node: unknown) => Place,
): Values {
  const count = last - first + 1;
  if (count > 0 && count <= mostPoints) {
    return Array.from({ length: count }, (_, i) => numberAt(first + i, node));
  }
  const expected = count > 0 ? `at most ${mostPoints} values` : 'the smaller number first';
  return refused(placeOf(node), `found ${showNode(node)}, expected ${expected}`);
}

/** The numbers of a range, rounded to six digits to keep names of runs short; the ends are exact. */
function spacedNumbers(map: YAMLMap, placeOf: (node: unknown) => Place): Values {
  const tree = toPlain(map, placeOf);
  const { data, error } = spaced.safeParse(tree.value);
  const problems = [...tree.problems, ...problemsOf(error?.issues ?? [], tree, spacedSchema)];
  if (problems.length > 0 || data === undefined) return { problems };
  const { from, to, points, spacing } = data;
  return Array.from({ length: points }, (_, i) => {
    const way = i / (points - 1);
    const value = spacing === 'log' ? from * (to / from) ** way : from + (to - from) * way;
    return numberAt(i === 0 ? from : way === 1 ? to : Number(value.toPrecision(6)), map);
  });
}

/** A number at the position of another node. */
function numberAt(value: number, { range: where }: Node): Scalar {
  const scalar = new Scalar(value);
  scalar.source = String(value);
  scalar.range = where ?? null;
  return scalar;
}

function same(a: unknown, b: unknown): boolean {
  return isNode(a) && isScalar(a) && isScalar(b) && Object.is(a.value, b.value);
}
