import { createHash } from 'node:crypto';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { UserError } from './errors.js';

type Generator = ReturnType<typeof xoroshiro128plus>;

/** A stream of pseudo-random numbers, the same on every machine, which can be saved and restored. */
export interface RandomStream {
  /**
   * Draw 32 random bits as a number in the open interval (0, 1), with mean 1/2. The largest values round to 1
   * in float32, so take logarithms before rounding.
   */
  uniform(): number;
  /** The next n values of `uniform`. */
  uniforms(n: number): Float64Array;
  /** Standard normal (Box and Muller, 1958); takes two draws. */
  normal(): number;
  /** A uniform integer from 0 to below - 1. @throws RangeError unless below is an integer from 1 to 2^32 */
  integer(below: number): number;
  /** The stream's state: four 32-bit integers, for `restore`. */
  state(): readonly number[];
  /**
   * Continue from a saved state.
   *
   * @throws UserError for an invalid state, since states are read from files
   */
  restore(state: readonly number[]): void;
}

/**
 * The stream with this name. Seed and name are hashed to the generator's 128-bit state, so streams with
 * different names or seeds are independent.
 *
 * @throws RangeError unless the seed is a safe integer
 */
export function randomStream(seed: number, name: string): RandomStream {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`A seed must be a whole number, not ${seed}.`);
  }
  const hash = createHash('sha256').update(`${seed}:${name}`).digest();
  return streamOf(xoroshiro128plusFromState([0, 4, 8, 12].map((at) => hash.readInt32LE(at))));
}

/** A uniform random permutation of 0 .. n-1 (Fisher-Yates). Draws n - 1 integers. */
export function shuffled(n: number, stream: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let last = n - 1; last > 0; last--) {
    const chosen = stream.integer(last + 1);
    const moved = order[chosen] as number;
    order[chosen] = order[last] as number;
    order[last] = moved;
  }
  return order;
}

function streamOf(start: Generator): RandomStream {
  let generator = start;
  const bits = () => generator.next() >>> 0;
  const uniform = () => (bits() + 0.5) / 2 ** 32;
  return {
    uniform,
    uniforms(n) {
      const values = new Float64Array(n);
      for (let i = 0; i < n; i++) values[i] = uniform();
      return values;
    },
    normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer(below) {
      if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) {
        throw new RangeError(`A random integer needs a range of 1 to 2^32, not ${below}.`);
      }
      // Division keeps the high bits; the low bits of xoroshiro128+ are weaker.
      const share = Math.floor(2 ** 32 / below);
      let drawn = bits();
      while (drawn >= share * below) drawn = bits();
      return Math.floor(drawn / share);
    },
    state: () => generator.getState(),
    restore(state) {
      const valid = state.length === 4 && state.every((word) => word === (word | 0));
      // The generator cannot leave the all-zero state.
      if (!valid || state.every((word) => word === 0)) {
        throw new UserError(
          `The saved state of a random stream must be four 32-bit integers, not all zero; found ` +
            `${JSON.stringify(state).slice(0, 80)}. The file that holds it is damaged: use another checkpoint.`,
        );
      }
      generator = xoroshiro128plusFromState(state);
    },
  };
}
