/** The properties of an output stream that matter here. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Whether printed lines can be redrawn: only on a terminal that supports it. Otherwise, and if NO_COLOR asks
 * for no escape sequences, lines are plain as in a file.
 */
export function canDrawOver({ isTTY }: OutputStream, env = process.env): boolean {
  return isTTY === true && env['TERM'] !== 'dumb' && !env['NO_COLOR'];
}

/** The width of a line: the terminal's columns, or unlimited in a file or pipe. */
export function lineWidth({ isTTY, columns }: OutputStream): number {
  return isTTY === true ? columns || 80 : Infinity;
}

/** The width of paragraphs: at most 80 columns, since longer lines are hard to read. */
export function textWidth(stream: OutputStream): number {
  return Math.min(80, lineWidth(stream));
}
