import { UserError } from '../../errors.js';
import type { Range } from './network.js';

/** What a tensor's integers stand for: of channel c, `units[c] n + offsets[c]`. */
export interface Format {
  /** Of one image, channels last; or one axis once it is flat. */
  readonly shape: readonly number[];
  /** Of each channel, above 0. */
  readonly units: Float64Array;
  /** 0, but for pixels. */
  readonly offsets: Float64Array;
  /** Of all integers; 0 is in it. */
  readonly range: Range;
  /** So many units at most is an integer from what exact arithmetic makes of the last quantizers' integers. */
  readonly error: number;
}

export function fill(count: number, value: number): Float64Array {
  return new Float64Array(count).fill(value);
}

/** Of the largest of some numbers; 0 where there are none. */
export function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
}

export function magnitude({ low, high }: Range): number {
  return Math.max(-low, high);
}

/** Bits in two's complement. */
export function bitsOf({ low, high }: Range): number {
  return 1 + Math.ceil(Math.log2(Math.max(high + 1, -low, 1)));
}

/** Bits of what has no sign where nothing is below 0. */
export function valueBits(range: Range): number {
  return range.low < 0 ? bitsOf(range) : bitsOf(range) - 1;
}

const mostBits = 53;

/** @throws UserError where doubles do not hold all integers of a range */
export function requireSafe(range: Range, name: string): void {
  if (magnitude(range) <= Number.MAX_SAFE_INTEGER) return;
  throw new UserError(
    `--integer: expected sums of at most ${mostBits} bits, found ${bitsOf(range)} in ${name}. ` +
      'Evaluate the run without --integer.',
    2,
  );
}
