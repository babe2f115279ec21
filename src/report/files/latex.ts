import { groupBy } from '../../text/group-by.js';
import { columnNotes, columnsInMethod, type Column } from '../columns.js';
import { formatPublished } from '../format.js';
import type { PrintWidth } from '../figures/pictures.js';
import type { Report, ReportGroup } from '../report.js';
import type { ReportRow } from '../rows.js';
import { escapeLatex as escape } from './latex-text.js';

/**
 * `report.tex`: tables for each data set in the style of the package booktabs, at most as wide as a page, or
 * as a column of a two-column page.
 *
 * @param heads of the columns to show; undefined: those that fit
 */
export function reportLatex(
  report: Report,
  width: PrintWidth = 'page',
  heads?: readonly string[],
): string {
  const names = report.groups.map(({ title }) => title);
  return [
    '% Written by bbits report. In the preamble: \\usepackage{booktabs}',
    ...report.groups.flatMap((group, index) =>
      tables(
        group,
        width,
        heads,
        `${labelOf(group)}${names.indexOf(group.title) < index ? index : ''}`,
      ),
    ),
    `% ${report.bopsDefinition.replaceAll(/\s+/g, ' ')}`,
    '',
  ].join('\n');
}

/** Columns that fit in the article class: in 229 pt, one of two columns, and in 345 pt, a page. */
const shown: Readonly<Record<PrintWidth, readonly string[]>> = {
  column: ['Accuracy %', 'BOPs %'],
  page: ['Seeds', 'Accuracy %', 'BOPs %', 'W bits', 'A bits', 'Size'],
};

/** Lines that fit on a page in small type with a caption. */
const mostLines = { column: 34, page: 42 } as const;

function labelOf({ title }: ReportGroup): string {
  return `tab:${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}

/** Split rows into as many tables as needed, as a table does not break across pages. */
function tables(
  group: ReportGroup,
  width: PrintWidth,
  heads: readonly string[] | undefined,
  label: string,
): string[] {
  const [point, ...others] = columnsInMethod(group);
  const columns = [
    ...(point ? [point] : []),
    ...others.filter(({ head }) => (heads ?? shown[width]).includes(head)),
  ];
  const parts: ReportRow[][] = [[]];
  let lines = 0;
  for (const own of groupBy(group.rows, ({ method }) => method).values()) {
    const needed = own.length + 2;
    if (lines > 0 && lines + needed > mostLines[width]) {
      parts.push([]);
      lines = 0;
    }
    parts.at(-1)?.push(...own);
    lines += needed;
  }
  return parts.map((rows, index) =>
    table(group, rows, columns, width, {
      label: index === 0 ? label : `${label}-${index + 1}`,
      isFirst: index === 0,
      isLast: index === parts.length - 1,
    }),
  );
}

function table(
  group: ReportGroup,
  rows: readonly ReportRow[],
  columns: readonly Column[],
  width: PrintWidth,
  part: { readonly label: string; readonly isFirst: boolean; readonly isLast: boolean },
): string {
  // In a one-column document both are the same.
  const name = width === 'page' ? 'table*' : 'table';
  const line = (cells: readonly string[]) => `    ${cells.join(' & ')} \\\\`;
  const alignment = columns.map(({ isText }) => (isText ? 'l' : 'r')).join('');
  const body = [...groupBy(rows, ({ method }) => method)].flatMap(([method, own], index) => [
    ...(index === 0 ? [] : ['    \\addlinespace']),
    ...(method === ''
      ? []
      : [`    \\multicolumn{${columns.length + 1}}{@{}l}{\\textit{${escape(method)}}} \\\\`]),
    ...own.map((row) =>
      line([row.isOnFront ? mark : '', ...columns.map(({ cell }) => escape(cell(row)))]),
    ),
  ]);
  const notes = columnNotes(group).filter((note) => isAbout(note, columns));
  return `\\begin{${name}}
  \\centering
  \\caption{Accuracy against bit operations: ${escape(group.title)}${part.isFirst ? '' : ' (continued)'}.}
  \\label{${part.label}}
  \\medskip
  \\small
  \\setlength{\\tabcolsep}{3.5pt}
  \\begin{tabular}{@{}c${alignment}@{}}
    \\toprule
${line(['', ...columns.map(({ head }) => escape(head === 'Seeds' ? 'n' : head))])}
    \\midrule
${body.join('\n')}
    \\bottomrule
  \\end{tabular}
${part.isLast ? below([...published(group), ...notes]) : ''}\\end{${name}}
`;
}

/** Whether a note applies to the columns shown. */
function isAbout(note: string, columns: readonly Column[]): boolean {
  const has = (head: string) => columns.some((column) => column.head === head);
  if (note.startsWith('W and A bits')) return has('W bits');
  if (note.startsWith('Kept:')) return has('Kept %');
  if (note.startsWith('Size:')) return has('Size');
  return true;
}

function below(notes: readonly string[]): string {
  return `
  \\smallskip
  \\begin{minipage}{\\linewidth}
    \\footnotesize\\raggedright
    ${notes.map(escape).join('\n    ')}
  \\end{minipage}
`;
}

function published({ references }: ReportGroup): string[] {
  return references.map((reference) => {
    return `Published: ${reference.method}, ${formatPublished(reference)} (${reference.source}).`;
  });
}

/** A plain star after a row's end would be read as `\\*`. */
const mark = '$*$';
