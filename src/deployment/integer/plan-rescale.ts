import { UserError } from '../../errors.js';
import { bitsOf, largest, magnitude, requireSafe } from './format.js';
import type { Range, Rescale } from './network.js';

/** Fractional bits of biases, in units of the accumulator. */
export const fractionalBits = 16;
export const one = 2 ** fractionalBits;
/** A multiplier has 31 bits, for a relative error of at most 2^-31. */
const multiplierBits = 31;

export interface RescaleNumbers {
  /** Name of the layer or sum. */
  readonly name: string;
  /** Unit of the integers of each channel. */
  readonly units: Float64Array;
  /** Real numbers to add, one per channel or one per pixel and channel. */
  readonly constants: Float64Array;
  /** Range of each channel's integers. */
  readonly ranges: readonly Range[];
  /** Unit of the results, and the ends to which they are clamped, if any. */
  readonly to: { readonly unit: number; readonly ends?: Range | undefined };
}

export interface PlannedRescale {
  readonly rescale: Rescale;
  /** Range of the results. */
  readonly range: Range;
  /** Bits of the sums before multiplication, including fractional bits. */
  readonly bits: number;
  /** Bound on a result's error before rounding, in units of the results. */
  readonly error: number;
}

/** Plan a `Rescale`. @throws UserError if a constant is not finite or a result needs more than 53 bits */
export function planRescale({
  name,
  units,
  constants,
  ranges,
  to,
}: RescaleNumbers): PlannedRescale {
  const channels = Array.from(units, (unit, channel) => {
    const own = constants.filter((_, at) => at % units.length === channel);
    return planChannel(name, unit / to.unit, own, unit, ranges[channel] ?? none, to.ends);
  });
  const range = to.ends ?? {
    low: -largest(channels.map(({ result }) => -result.low)),
    high: largest(channels.map(({ result }) => result.high)),
  };
  requireSafe(range, name);
  const bias = Array.from(constants, (constant, at) => {
    return BigInt(Math.round((constant / (units[at % units.length] ?? NaN)) * one));
  });
  const isNarrow = channels.every((channel) => channel.isNarrow);
  const numbers = (of: (channel: (typeof channels)[number]) => number) =>
    Float64Array.from(channels, of);
  return {
    range,
    bits: Math.max(1, ...channels.map(({ sum }) => bitsOf(sum))),
    error: largest(channels.map(({ error }) => error)),
    rescale: isNarrow
      ? {
          type: 'narrow',
          bias: Float64Array.from(bias, Number),
          multiplier: numbers(({ multiplier }) => multiplier),
          divisor: numbers(({ shift }) => 2 ** (shift - 22)),
          least: numbers(({ least }) => least),
          most: numbers(({ most }) => most),
          ...range,
        }
      : {
          type: 'wide',
          bias,
          multiplier: channels.map(({ multiplier }) => BigInt(multiplier)),
          shift: channels.map(({ shift }) => BigInt(shift)),
          ...range,
        },
  };
}

const none = { low: 0, high: 0 };

/** @param ratio of the unit before to the unit after */
function planChannel(
  name: string,
  ratio: number,
  constants: Float64Array,
  unit: number,
  { low, high }: Range,
  ends: Range | undefined,
) {
  const biases = constants.map((constant) => Math.round((constant / unit) * one));
  // A multiplier of 31 bits, unless the ratio is so large that the shift would be below 1.
  const shift = Math.max(1, multiplierBits - 1 + Math.log2(one) - Math.floor(Math.log2(ratio)));
  const multiplier = Math.round((ratio / one) * 2 ** shift);
  if (!biases.every(Number.isFinite) || !(ratio > 0) || !Number.isFinite(multiplier)) {
    throw new UserError(
      `--integer: expected finite constants in ${name} and scales above 0, found others. ` +
        'Evaluate the run without --integer.',
      2,
    );
  }
  const sum = {
    low: low * one + biases.reduce((least, bias) => Math.min(least, bias), 0),
    high: high * one + biases.reduce((most, bias) => Math.max(most, bias), 0),
  };
  /** A sum large enough that the result is at or beyond an end. */
  const reaching = (end: number) =>
    Number((BigInt(end) << BigInt(shift)) / BigInt(multiplier) + 1n);
  const least = ends ? Math.max(sum.low, -reaching(-ends.low)) : sum.low;
  const most = ends ? Math.min(sum.high, reaching(ends.high)) : sum.high;
  const product = Math.max(-least, most) * multiplier;
  const result = {
    low: Math.floor((sum.low / one) * ratio) - 1,
    high: Math.ceil((sum.high / one) * ratio) + 1,
  };
  const farthest = ends ? Math.min(magnitude(result), magnitude(ends) + 1) : magnitude(result);
  return {
    ...{ multiplier, shift, sum, least, most, result },
    // Under these conditions `narrow` of run/rescale.ts stays within 53 bits.
    isNarrow:
      magnitude(sum) <= Number.MAX_SAFE_INTEGER &&
      multiplier <= 2 ** multiplierBits &&
      product < 2 ** 74 &&
      shift > 22 &&
      shift <= 74,
    // Rounding of the bias (half a unit) and of the multiplier, at the largest result.
    error: (0.5 / one) * ratio + farthest * 2 ** -multiplierBits,
  };
}
