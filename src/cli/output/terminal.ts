/** What is known of where output goes. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Whether lines that were written can be drawn over: on a terminal that knows how. Elsewhere, and where
 * no escapes are wanted, there are plain lines as in a file.
 */
export function canDrawOver({ isTTY }: OutputStream, env = process.env): boolean {
  return isTTY === true && env['TERM'] !== 'dumb' && !env['NO_COLOR'];
}

/** A line's room: the terminal's columns; in a file or a pipe lines are as long as they are. */
export function lineWidth({ isTTY, columns }: OutputStream): number {
  return isTTY === true ? columns || 80 : Infinity;
}

/** The room of text in paragraphs, which nobody reads in lines of more than 80 columns. */
export function textWidth(stream: OutputStream): number {
  return Math.min(80, lineWidth(stream));
}
