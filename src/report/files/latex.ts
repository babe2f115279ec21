import { columnNotes, columnsOf } from '../columns.js';
import { formatPublished } from '../format.js';
import type { Report, ReportGroup } from '../report.js';

/** `report.tex`: a table for each data set, as papers set them with the package booktabs. */
export function reportLatex(report: Report): string {
  return [
    '% Written by bbits report. In the preamble: \\usepackage{booktabs}',
    ...report.groups.map((group) => table(group, report.bopsDefinition)),
  ].join('\n');
}

function table(group: ReportGroup, bopsDefinition: string): string {
  const columns = columnsOf(group);
  const notes = [...columnNotes(group), bopsDefinition].map(escape).join(' ');
  const line = (cells: readonly string[]) => `    ${cells.join(' & ')} \\\\`;
  const alignment = columns.map(({ isText }) => (isText ? 'l' : 'r')).join('');
  return `\\begin{table}
  \\centering
  \\caption{Accuracy against bit operations: ${escape(group.title)}. ${notes}}
  \\medskip
  \\begin{tabular}{c${alignment}}
    \\toprule
${line(['', ...columns.map(({ head }) => escape(head))])}
    \\midrule
${group.rows
  .map((row) => line([row.isOnFront ? mark : '', ...columns.map(({ cell }) => escape(cell(row)))]))
  .join('\n')}
${published(group, columns.length)}    \\bottomrule
  \\end{tabular}
\\end{table}
`;
}

function published({ references }: ReportGroup, columns: number): string {
  if (references.length === 0) return '';
  const lines = references.map((reference) => {
    const text = `${reference.method}: ${formatPublished(reference)} (${reference.source})`;
    return `    \\multicolumn{${columns + 1}}{l}{${escape(text)}} \\\\\n`;
  });
  return `    \\midrule\n${lines.join('')}`;
}

/** A plain star after the end of a row would belong to that end. */
const mark = '$*$';

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '±': '$\\pm$',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '’': "'",
};

/** Text in which nothing is a command. */
function escape(text: string): string {
  return text
    .replaceAll(/[\\~^±<>|’]|[{}$&#_%]/g, (found) => special[found] ?? `\\${found}`)
    .replaceAll(' * ', ' $\\times$ ')
    .replaceAll(/\s+/g, ' ');
}
