import { wrap } from '../../text/wrap.js';

/** Where less than this is left beside the names, texts stand below them. */
const leastRoom = 24;

/**
 * A text in a column behind its name, in more lines where it does not fit into one.
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
