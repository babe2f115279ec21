/** What a line is made of, with two spaces between its parts. */
const gap = '  ';

/** As many of the first parts as there is room for, in one line. */
export function partsThatFit(parts: readonly string[], width: number): string {
  const fits = (count: number) => parts.slice(0, count).join(gap).length <= width;
  const count = parts.findLastIndex((_, index) => fits(index + 1));
  return parts.slice(0, Math.max(0, count) + 1).join(gap);
}

/** All parts, in more lines where they do not fit into one; no part is broken. */
export function partsInLines(parts: readonly string[], width: number): string {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1) ?? ''}${gap}${part}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(lines.length === 0 ? part : `${gap}${part}`);
  }
  return lines.join('\n');
}
