import { wrap } from '../../text/wrap.js';

/** The separator between the parts of a line. */
const gap = '  ';

/** The leading parts that fit on one line, at least the first. */
export function partsThatFit(parts: readonly string[], width: number): string {
  const count = parts.findLastIndex(
    (_, index) => parts.slice(0, index + 1).join(gap).length <= width,
  );
  return parts.slice(0, Math.max(0, count) + 1).join(gap);
}

/** All parts, wrapped between parts; a part is broken only if it is longer than a line. */
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
