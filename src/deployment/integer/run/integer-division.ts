/**
 * Whole numbers held in doubles: up to 53 bits of them are added, subtracted and multiplied exactly. Divided by
 * a power of two they only change their exponent, so that the floor is exact too: a shift of 53-bit integers.
 */
export function shiftedDown(value: number, power: number): number {
  return Math.floor(value / power);
}

/** The nearest whole number to `value / divisor`, ties to even. @param divisor above 0 */
export function dividedToNearest(value: number, divisor: number): number {
  const left = value % divisor;
  const rest = left < 0 ? left + divisor : left;
  const floor = (value - rest) / divisor;
  const twice = 2 * rest;
  return twice > divisor || (twice === divisor && floor % 2 !== 0) ? floor + 1 : floor;
}
