/** For sorting, smaller ones first. Two infinities have no difference, so they cannot be subtracted. */
export function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
