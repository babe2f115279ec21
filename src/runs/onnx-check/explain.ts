import { product } from '../../nn/shapes.js';
import type { Reference } from './reference.js';

/** What a quantizer makes of an image, in a file or in integers alone. */
export interface FileIntegers {
  /** The layer or sum. */
  readonly layer: string;
  /** Which of the trained network's channels these are. */
  readonly channels: readonly number[];
  /** Of the one image, of shape [channels, ...pixels]. */
  readonly values: ArrayLike<number>;
  /** How far constants that were rounded move a position, in steps; absent: as they do in floats. */
  readonly rounding?: number;
}

/** Why the file gives an image another class than the evaluation. */
export type Explanation =
  /** The first quantizer that rounds otherwise does so at ties: the farthest one, in steps of its grid. */
  | {
      readonly why: 'a tie of a quantizer';
      readonly layer: string;
      readonly integers: number;
      readonly farthest: number;
    }
  /** All integers agree, and so do the largest logits of the two classes, to the rounding of 32-bit floats. */
  | { readonly why: 'a tie of logits' }
  /** The evaluation rounded a tie otherwise than the same operations one by one, which agree with the file. */
  | { readonly why: 'a tie in the evaluation' }
  /** A difference that rounding does not explain. */
  | { readonly why: 'unexplained'; readonly found: string };

/** So far from a tie, in steps, a value may lie and be rounded to the other side. */
const nearTie = 1e-5;
/**
 * What another order of additions does to a sum in 32-bit floats that ends at the largest value of a grid, as
 * a share of it: 32 times half the distance of neighbours.
 */
const nearFloat = 32 * 2 ** -24;

/** How far a position may lie from a tie. @param levels of its grid, in steps */
export function tieTolerance(levels: number): number {
  return nearTie + nearFloat * levels;
}

/**
 * Compares what the file's quantizers gave for one image with what the trained network's gave.
 *
 * @param image its place among those of the reference
 * @param classes that were found: by the evaluation and by the file
 * @param logitRounding how far rounded constants move a logit
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
        const isNeighbour = Math.abs(found - (integers[own] ?? NaN)) === 1;
        const distance = isNeighbour ? distanceToTie(positions[own] ?? NaN) : Infinity;
        farthest = Math.max(farthest, distance);
      }
    }
    if (count === 0) continue;
    if (farthest <= tieTolerance(levels) + rounding) {
      return { why: 'a tie of a quantizer', layer, integers: count, farthest };
    }
    const where =
      farthest === Infinity ? 'more than a step apart' : `${farthest} of a step from a tie`;
    return { why: 'unexplained', found: `${layer} has integers that differ ${where}` };
  }
  const own = logits[image] ?? new Float32Array();
  const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const [evaluated = NaN, ofFile = NaN] = classes.map((found) => own[found]);
  if (Math.abs(evaluated - ofFile) <= nearTie * largest + 2 * logitRounding) {
    return { why: 'a tie of logits' };
  }
  // Operation by operation the run gives what the file does: its graph adds in another order.
  if (ofFile > evaluated && hasTie(activations, image)) return { why: 'a tie in the evaluation' };
  return { why: 'unexplained', found: 'all integers agree and the logits do not' };
}

function hasTie(activations: Reference['activations'], image: number): boolean {
  return [...activations.values()].some(({ shape, positions, levels }) => {
    const size = product(shape);
    return positions
      .subarray(image * size, (image + 1) * size)
      .some((position) => distanceToTie(position) <= tieTolerance(levels));
  });
}

/** How far a position, in steps, lies from the middle between two integers. */
export function distanceToTie(position: number): number {
  return Math.abs(position - Math.floor(position) - 0.5);
}
