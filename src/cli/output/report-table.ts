import { escapeControls } from '../../text/escape-controls.js';
import { columnNotes, figureColumns } from '../../report/columns.js';
import { formatPublished } from '../../report/format.js';
import type { Report, ReportGroup } from '../../report/report.js';
import { latestFigures } from '../../runs/latest-figures.js';
import type { RunSummary } from '../../runs/run-summary.js';
import { allEpochs } from '../../setup/epochs.js';
import { tradeOffText } from './figures.js';
import { plainTable } from './plain-table.js';
import { wrap } from '../../text/wrap.js';

/** The trade-off tables, and what is in none of them, for a terminal of 80 columns. */
export function reportText(report: Report): string {
  const { groups, bopsDefinition } = report;
  const sections = groups.map((group) =>
    [
      escapeControls(group.title),
      '',
      table(group),
      '',
      ...published(group),
      ...wrap(['n: seeds.', ...columnNotes(group)].join(' ')),
      ...wrap(bopsDefinition),
    ].join('\n'),
  );
  return [...sections, ...runsInNoTable(report)].join('\n\n');
}

/** Runs that are in no table, and why. */
function runsInNoTable({ unfinished, superseded, notes }: Report): string[] {
  const count = superseded.length;
  const again =
    count === 1
      ? 'A run that ended early is not listed: another of its config and seed has finished.'
      : `${count} runs that ended early are not listed: others of their configs and seeds have finished.`;
  return [
    ...list('In no table:', unfinished.map(unfinishedLines)),
    ...(count === 0 ? [] : [wrap(again).join('\n')]),
    ...list(
      'Notes:',
      notes.map((note) => [escapeControls(note)]),
    ),
  ];
}

function list(title: string, entries: readonly (readonly string[])[]): string[] {
  if (entries.length === 0) return [];
  return [[title, ...entries.flat().map((line) => `  ${line}`)].join('\n')];
}

/** Status and folder; below them how far it came, and why no further. */
function unfinishedLines(run: RunSummary): string[] {
  const { folder, status, reason, config } = run;
  const latest = latestFigures(run);
  const progress =
    latest === undefined
      ? []
      : [
          `${tradeOffText(latest)} after epoch ${latest.epochs} of ${config ? allEpochs(config) : '?'}`,
        ];
  const below = [...(reason === undefined ? [] : [reason]), ...progress];
  return [
    `${status.padEnd(indent)}${escapeControls(folder)}`,
    ...below
      .flatMap((text) => wrap(escapeControls(text), 78 - indent))
      .map((line) => `${' '.repeat(indent)}${line}`),
  ];
}

const indent = 'interrupted'.length + 1;

const width = 80;

/** Settings have lines of their own above their rows, however long they are. */
function table(group: ReportGroup): string {
  const heads = figureColumns.map(({ head, shortHead }) => shortHead ?? head);
  const rows = group.rows.map((row) => {
    // Without the spaces there is room for all of it.
    const [mu = '', ...cells] = figureColumns.map(({ cell }) =>
      cell(row).replace(/ (?=[±(])|(?<=±) /g, ''),
    );
    return [`${row.isOnFront ? '*' : ' '} ${mu}`, ...cells];
  });
  const [head = '', ...body] = narrow([`  ${heads[0] ?? ''}`, ...heads.slice(1)], rows);
  return [
    head,
    ...group.rows.flatMap(({ setting }, index) => {
      const isNew = setting !== group.rows[index - 1]?.setting;
      return [...(isNew ? wrap(escapeControls(setting)) : []), body[index] ?? ''];
    }),
  ].join('\n');
}

/** The lines of a table, closer together if they do not fit otherwise. */
function narrow(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = plainTable(head, rows).split('\n');
  return lines.some(({ length }) => length > width)
    ? plainTable(head, rows, 1, 1).split('\n')
    : lines;
}

function published({ references, networks }: ReportGroup): string[] {
  return references.flatMap((reference) => {
    const { network, method, source } = reference;
    const which = networks.length === 1 ? '' : ` ${network}`;
    const figures = formatPublished(reference);
    return wrap(escapeControls(`Published${which}: ${method}, ${figures} (${source})`));
  });
}
