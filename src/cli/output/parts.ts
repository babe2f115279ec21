import { wrap } from '../../text/wrap.js';

/** What a line is made of, with two spaces between its parts. */
const gap = '  ';

/** As many of the first parts as there is room for, in one line. */
export function partsThatFit(parts: readonly string[], width: number): string {
  const count = parts.findLastIndex(
    (_, index) => parts.slice(0, index + 1).join(gap).length <= width,
  );
  return parts.slice(0, Math.max(0, count) + 1).join(gap);
}

/** All parts, in more lines where they do not fit into one; only parts that are longer than that are broken. */
export function partsInLines(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1) ?? ''}${gap}${part}`;
    if (lines.length === 0) lines.push(part);
    else if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(...wrap(part, width - gap.length).map((line) => `${gap}${line}`));
  }
  return lines;
}
