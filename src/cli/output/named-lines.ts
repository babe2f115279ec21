import { wrap } from '../../text/wrap.js';

/** Minimum width of a text beside its name, in columns; otherwise it goes below. */
const leastRoom = 24;

/**
 * A name with its text in a column beside it, wrapped to the terminal's width.
 *
 * @param column where texts begin
 * @param width of the terminal, in columns
 */
export function namedLines(name: string, text: string, column: number, width: number): string[] {
  const isBeside = width - column >= leastRoom;
  const indent = isBeside ? column : 2;
  const room = width - indent;
  const lines = text
    .split('\n')
    .flatMap((line) => (line.length <= room ? [line] : wrap(line, room)));
  const before = (index: number) => (isBeside && index === 0 ? name : '').padEnd(indent);
  const title = isBeside || name === '' ? [] : [name];
  return [...title, ...lines.map((line, index) => before(index) + line)];
}
