import { createHash } from 'node:crypto';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { UserError } from './errors.js';

type Generator = ReturnType<typeof xoroshiro128plus>;

/** A sequence of pseudo-random numbers, the same on every machine, that can be saved and restored. */
export interface RandomStream {
  /**
   * One draw of 32 random bits, uniform in the open interval (0, 1): never 0, never 1, mean 1/2.
   * The largest values round to 1 in 32-bit floats, so compute logarithms before storing as such.
   */
  uniform(): number;
  /** The next n values of `uniform`. */
  uniforms(n: number): Float64Array;
  /** Normal with mean 0 and deviation 1 (Box and Muller, 1958); takes two draws. */
  normal(): number;
  /** A whole number from 0 to below - 1, each equally likely; below is from 1 to 2^32. */
  integer(below: number): number;
  /** Where the stream stands: four 32-bit integers, for `restore`. */
  state(): readonly number[];
  /**
   * Goes on where `state()` was taken.
   *
   * @throws UserError if the state is not one of this generator's: it comes from a file.
   */
  restore(state: readonly number[]): void;
}

/**
 * The stream of this name. Seed and name are hashed to the 128 bits of the generator's state, so
 * streams of other names or other seeds have nothing in common.
 *
 * @throws RangeError if the seed is not a safe integer.
 */
export function randomStream(seed: number, name: string): RandomStream {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`A seed must be a whole number, not ${seed}.`);
  }
  const hash = createHash('sha256').update(`${seed}:${name}`).digest();
  return streamOf(xoroshiro128plusFromState([0, 4, 8, 12].map((at) => hash.readInt32LE(at))));
}

/** A random permutation of 0 .. n-1 (Fisher-Yates), each equally likely. Draws n - 1 integers. */
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
      // The division keeps the high bits: the low ones of xoroshiro128+ are the weaker ones.
      const share = Math.floor(2 ** 32 / below);
      let drawn = bits();
      while (drawn >= share * below) drawn = bits();
      return Math.floor(drawn / share);
    },
    state: () => generator.getState(),
    restore(state) {
      const valid = state.length === 4 && state.every((word) => word === (word | 0));
      // From all zeros the generator never leaves zero.
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
