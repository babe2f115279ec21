import Table from 'cli-table3';

/**
 * A table without lines: columns are told apart by the space between them. The first ones are
 * aligned to the left, the others to the right.
 *
 * @param gap spaces between columns
 */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  alignedLeft = 1,
  gap = 2,
): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column < alignedLeft ? 'left' : 'right')),
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
