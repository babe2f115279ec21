import { columnNotes, columnsOf } from '../columns.js';
import type { FigureOptions } from '../figures/figure-style.js';
import { tradeOffCaption } from '../figures/trade-off-axes.js';
import { comparisonParts } from '../comparison/comparison-lines.js';
import { formatPublished } from '../format.js';
import type { Report, ReportGroup } from '../report.js';

/** `report.md`: the tables, the picture, and the runs and notes outside the tables. */
export function reportMarkdown(report: Report, options: FigureOptions = {}): string {
  const { groups, unfinished, superseded, notes, bopsDefinition } = report;
  return [
    '# Accuracy against bit operations',
    '',
    '![Accuracy against bit operations](pareto.svg)',
    ...groups.flatMap((group) => [
      '',
      escape(`${groups.length > 1 ? `${group.title}: ` : ''}${tradeOffCaption(group, options)}.`),
    ]),
    ...groups.flatMap((group) => ['', ...section(group, bopsDefinition)]),
    ...list(
      'Runs in no table',
      unfinished.map(({ folder, status, reason }) => `${folder}: ${status}${after(reason)}`),
    ),
    ...list(
      'Runs that ended early and were run again',
      superseded.map(({ folder, status }) => `${folder}: ${status}`),
    ),
    ...list('Notes', notes),
    '',
  ].join('\n');
}

function section(group: ReportGroup, bopsDefinition: string): string[] {
  const columns = columnsOf(group);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `## ${escape(group.title)}`,
    '',
    line([' ', ...columns.map(({ head }) => head)]),
    line([':-:', ...columns.map(({ isText }) => (isText ? ':--' : '--:'))]),
    ...group.rows.map((row) =>
      line([row.isOnFront ? '\\*' : ' ', ...columns.map(({ cell }) => escape(cell(row)))]),
    ),
    '',
    ...[...published(group), ...columnNotes(group), bopsDefinition].map(
      (line) => `- ${escape(line)}`,
    ),
    ...(group.comparison ? comparisonParts(group.comparison) : []).flatMap(({ title, lines }) => [
      '',
      `### ${escape(title)}`,
      '',
      ...lines.map(({ text }) => `- ${escape(text)}`),
    ]),
  ];
}

function published({ references }: ReportGroup): string[] {
  return references.map((reference) => {
    const { method, network, source } = reference;
    return `Published, ${network}: ${method}, ${formatPublished(reference)} (${source}).`;
  });
}

function list(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return ['', `## ${title}`, '', ...lines.map((line) => `- ${escape(line)}`)];
}

function after(reason: string | undefined): string {
  return reason === undefined ? '' : `, ${reason}`;
}

/** Escape text for Markdown, on one line. */
function escape(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]<>#|~&]/g, '\\$&');
}
