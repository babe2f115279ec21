/** Compare for ascending order. (Subtraction cannot compare two infinities.) */
export function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
