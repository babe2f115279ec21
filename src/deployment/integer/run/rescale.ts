import type { Integers, NarrowRescale, Rescale, WideRescale } from '../network.js';
import { shiftedDown } from './integer-division.js';

/**
 * Rescale the integers of one pixel: see `Rescale`.
 *
 * @param from offset of the pixel in `sums`
 * @param pixel selects the biases if each pixel has its own
 */
export function rescalePixel(
  rescale: Rescale,
  sums: Integers,
  from: number,
  pixel: number,
  out: Integers,
  to: number,
): void {
  if (rescale.type === 'narrow') narrow(rescale, sums, from, pixel, out, to);
  else wide(rescale, sums, from, pixel, out, to);
}

/** 2^22: a product of 31 and 22 bits has 53 bits. */
const part = 4194304;

function narrow(
  { bias, multiplier, divisor, least, most, low, high }: NarrowRescale,
  sums: Integers,
  from: number,
  pixel: number,
  out: Integers,
  to: number,
): void {
  const channels = multiplier.length;
  const ofPixel = bias.length === channels ? 0 : pixel * channels;
  for (let channel = 0; channel < channels; channel++) {
    const sum = (sums[from + channel] as number) * 65536 + (bias[ofPixel + channel] as number);
    const a = Math.max(least[channel] as number, Math.min(most[channel] as number, sum));
    const factor = multiplier[channel] as number;
    // a = 2^22 upper + lower; the product is 2^22 above + below.
    const upper = shiftedDown(a, part);
    const small = (a - upper * part) * factor;
    const carried = shiftedDown(small, part);
    const below = small - carried * part;
    const above = upper * factor + carried;
    const whole = divisor[channel] as number;
    const floor = shiftedDown(above, whole);
    const twice = 2 * (above - floor * whole);
    const isAbove = twice > whole || (twice === whole && (below > 0 || floor % 2 !== 0));
    const rounded = isAbove ? floor + 1 : floor;
    out[to + channel] = Math.max(low, Math.min(high, rounded));
  }
}

function wide(
  { bias, multiplier, shift, low, high }: WideRescale,
  sums: Integers,
  from: number,
  pixel: number,
  out: Integers,
  to: number,
): void {
  const channels = multiplier.length;
  const ofPixel = bias.length === channels ? 0 : pixel * channels;
  for (let channel = 0; channel < channels; channel++) {
    const a = BigInt(sums[from + channel] as number) * 65536n + (bias[ofPixel + channel] as bigint);
    const product = a * (multiplier[channel] as bigint);
    const places = shift[channel] as bigint;
    const floor = product >> places;
    const twice = 2n * (product - (floor << places));
    const one = 1n << places;
    const isAbove = twice > one || (twice === one && floor % 2n !== 0n);
    const rounded = Number(isAbove ? floor + 1n : floor);
    out[to + channel] = Math.max(low, Math.min(high, rounded));
  }
}
