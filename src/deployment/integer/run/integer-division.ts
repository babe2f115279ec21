/**
 * `floor(value / power)` of an integer in a double. Doubles represent integers of up to 53 bits exactly.
 * Division by a power of two only changes the exponent, so the floor is exact too: this is a right shift of
 * 53-bit integers.
 */
export function shiftedDown(value: number, power: number): number {
  return Math.floor(value / power);
}

/** The integer nearest to `value / divisor`, ties to even. @param divisor above 0 */
export function dividedToNearest(value: number, divisor: number): number {
  const left = value % divisor;
  const rest = left < 0 ? left + divisor : left;
  const floor = (value - rest) / divisor;
  const twice = 2 * rest;
  return twice > divisor || (twice === divisor && floor % 2 !== 0) ? floor + 1 : floor;
}
