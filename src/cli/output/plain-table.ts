import Table from 'cli-table3';
import { wrap } from '../../text/wrap.js';
import { partsInLines } from './parts.js';

export interface TableLayout {
  /** Number of leading columns aligned left; the others are aligned right. Default: 1. */
  readonly alignedLeft?: number;
  /** The terminal's width, in columns; default: unlimited. */
  readonly width?: number;
}

/** Wider tables have less space between their columns. */
const comfortable = 80;

/**
 * A table without rules: spaces separate the columns. If it does not fit, each row becomes a few lines of
 * names and values.
 */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  layout: TableLayout = {},
): string {
  const lines =
    tableThatFits(head, rows, layout) ??
    rows.flatMap((row) => stackedRow(head, row, layout.width ?? Infinity));
  return lines.join('\n');
}

/** The table's lines, the head first; undefined if it does not fit. */
export function tableThatFits(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { alignedLeft = 1, width = Infinity }: TableLayout,
): string[] | undefined {
  const fits = (lines: string[], most: number) => lines.every(({ length }) => length <= most);
  const apart = aligned(head, rows, alignedLeft, 2);
  if (fits(apart, Math.min(comfortable, width))) return apart;
  const closer = aligned(head, rows, alignedLeft, 1);
  return fits(closer, width) ? closer : undefined;
}

/** A row's first cell, and below it the other cells with their names. */
export function stackedRow(
  head: readonly string[],
  row: readonly string[],
  width: number,
): string[] {
  const [first = '', ...cells] = row;
  const pairs = cells.flatMap((cell, index) => {
    const [name = '', value] = [head[index + 1], cell.trim()];
    return value === '' ? [] : [`${name}: ${value}`];
  });
  const below = partsInLines(pairs, width - 2).map((line) => `  ${line.trimStart()}`);
  return [...wrap(first, width), ...below];
}

function aligned(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  alignedLeft: number,
  gap: number,
): string[] {
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
    .map((line) => line.trimEnd());
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
