/** A number; splitting a name by it gives text and numbers alternately, with numbers at odd indices. */
const parts = /(\d+(?:\.\d+)?)/;
const { compare: compareText } = new Intl.Collator('en');

/** Compare names with numbers by value: `mu-0.02`, `mu-0.1`, `mu-1`; `seed2`, `seed10`. */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [a.split(parts), b.split(parts)];
  for (const [index, part] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const isNumber = index % 2 === 1;
    const order = isNumber ? Number(part) - Number(other) : compareText(part, other);
    if (order !== 0) return order;
  }
  return left.length - right.length || compareText(a, b);
}
