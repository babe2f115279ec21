import { UserError } from '../../errors.js';
import type { Range } from './network.js';

/** Scale of a tensor's integers: an integer n of channel c represents `units[c] n + offsets[c]`. */
export interface Format {
  /** Shape of one image, channels last; or one axis after flattening. */
  readonly shape: readonly number[];
  /** Unit of each channel, above 0. */
  readonly units: Float64Array;
  /** 0, except for pixels. */
  readonly offsets: Float64Array;
  /** Range of all integers; it contains 0. */
  readonly range: Range;
  /** Bound on the error, in units, relative to exact arithmetic on the preceding quantizers' integers. */
  readonly error: number;
}

export function fill(count: number, value: number): Float64Array {
  return new Float64Array(count).fill(value);
}

/** The maximum of non-negative numbers; 0 for none. */
export function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
}

export function magnitude({ low, high }: Range): number {
  return Math.max(-low, high);
}

/** Number of bits in two's complement. */
export function bitsOf({ low, high }: Range): number {
  return 1 + Math.ceil(Math.log2(Math.max(high + 1, -low, 1)));
}

/** Number of bits, without a sign bit if no value is negative. */
export function valueBits(range: Range): number {
  return range.low < 0 ? bitsOf(range) : bitsOf(range) - 1;
}

const mostBits = 53;

/** @throws UserError if doubles cannot represent all integers of a range */
export function requireSafe(range: Range, name: string): void {
  if (magnitude(range) <= Number.MAX_SAFE_INTEGER) return;
  throw new UserError(
    `--integer: expected sums of at most ${mostBits} bits, found ${bitsOf(range)} in ${name}. ` +
      'Evaluate the run without --integer.',
    2,
  );
}
