import { product } from '../../nn/shapes.js';
import type { Reference } from './reference.js';

/** A quantizer's integers for one image, from a file or from integer arithmetic. */
export interface FileIntegers {
  /** Name of the layer or sum. */
  readonly layer: string;
  /** Index of each channel in the trained network. */
  readonly channels: readonly number[];
  /** Shape [channels, ...pixels]. */
  readonly values: ArrayLike<number>;
  /** Largest error in a position from rounded constants, in steps; absent: only float rounding. */
  readonly rounding?: number;
}

/** Why the file classifies an image differently from the evaluation. */
export type Explanation =
  /** The first differing quantizer differs only at ties; `farthest`: largest distance to a tie, in steps. */
  | {
      readonly why: 'a tie of a quantizer';
      readonly layer: string;
      readonly integers: number;
      readonly farthest: number;
    }
  /** All integers agree, and the two classes' logits are equal up to float32 rounding. */
  | { readonly why: 'a tie of logits' }
  /** One by one, the evaluation's operations agree with the file; as a graph they round a tie differently. */
  | { readonly why: 'a tie in the evaluation' }
  /** A difference beyond rounding. */
  | { readonly why: 'unexplained'; readonly found: string };

/** Distance to a tie, in steps, within which a value may round either way. */
const nearTie = 1e-5;
/**
 * Relative effect of the order of additions on a float32 sum at the end of a grid: 32 times half an ulp.
 */
const nearFloat = 32 * 2 ** -24;

/** Accepted distance to a tie, in steps. @param levels steps from 0 to the end of the grid */
export function tieTolerance(levels: number): number {
  return nearTie + nearFloat * levels;
}

/**
 * Compare the integers of the file's quantizers for one image with those of the trained network.
 *
 * @param image its index in the reference
 * @param classes predicted by the evaluation and by the file
 * @param logitRounding largest error in a logit from rounded constants
 */
export function explain(
  { activations, logits }: Reference,
  file: readonly FileIntegers[],
  image: number,
  classes: readonly [number, number],
  logitRounding = 0,
): Explanation {
  for (const { layer, channels, values, rounding = 0 } of file) {
    const expected = activations.get(layer);
    if (!expected) return { why: 'unexplained', found: `${layer} is not rounded in the run` };
    const { shape, positions, integers, levels } = expected;
    const all = shape.at(-1) ?? NaN;
    const pixels = product(shape.slice(0, -1));
    let [count, farthest] = [0, 0];
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (const [at, channel] of channels.entries()) {
        const own = (image * pixels + pixel) * all + channel;
        const found = values[at * pixels + pixel] ?? NaN;
        if (found === integers[own]) continue;
        count += 1;
        const isNeighbor = Math.abs(found - (integers[own] ?? NaN)) === 1;
        const distance = isNeighbor ? distanceToTie(positions[own] ?? NaN) : Infinity;
        farthest = Math.max(farthest, distance);
      }
    }
    if (count === 0) continue;
    if (farthest <= tieTolerance(levels) + rounding) {
      return { why: 'a tie of a quantizer', layer, integers: count, farthest };
    }
    const where =
      farthest === Infinity ? 'by more than a step' : `at ${farthest} of a step from a tie`;
    return { why: 'unexplained', found: `${layer} has integers that differ ${where}` };
  }
  const own = logits[image] ?? new Float32Array();
  const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const [evaluated = NaN, ofFile = NaN] = classes.map((found) => own[found]);
  if (Math.abs(evaluated - ofFile) <= nearTie * largest + 2 * logitRounding) {
    return { why: 'a tie of logits' };
  }
  // Run one by one, the evaluation's operations agree with the file; as a graph they add in another order.
  if (ofFile > evaluated && hasTie(activations, image)) return { why: 'a tie in the evaluation' };
  return { why: 'unexplained', found: 'all integers agree, but the logits do not' };
}

function hasTie(activations: Reference['activations'], image: number): boolean {
  return [...activations.values()].some(({ shape, positions, levels }) => {
    const size = product(shape);
    return positions
      .subarray(image * size, (image + 1) * size)
      .some((position) => distanceToTie(position) <= tieTolerance(levels));
  });
}

/** Distance of a position from the midpoint between two integers, in steps. */
export function distanceToTie(position: number): number {
  return Math.abs(position - Math.floor(position) - 0.5);
}
