/** `4,267,008` */
export function withCommas(value: number): string {
  return value.toLocaleString('en');
}
