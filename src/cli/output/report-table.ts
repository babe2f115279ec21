import { escapeControls } from '../../text/escape-controls.js';
import { columnNotes, columnsInMethod } from '../../report/columns.js';
import { comparisonParts } from '../../report/comparison/comparison-lines.js';
import { formatPublished } from '../../report/format.js';
import type { Report, ReportGroup } from '../../report/report.js';
import { latestFigures } from '../../runs/latest-figures.js';
import { pointName } from '../../report/rows.js';
import type { RunSummary } from '../../runs/run-summary.js';
import { allEpochs } from '../../setup/epochs.js';
import { tradeOffText } from './figures.js';
import { stackedRow, tableThatFits } from './plain-table.js';
import { wrap } from '../../text/wrap.js';

/** The trade-off tables, then the runs that are in no table. @param width of the terminal, in columns */
export function reportText(report: Report, width: number): string {
  const { groups, bopsDefinition } = report;
  const most = Math.min(80, width);
  const sections = groups.map((group) =>
    [
      ...wrap(escapeControls(group.title), width),
      '',
      ...table(group, width),
      '',
      ...comparison(group, most),
      ...published(group, most),
      ...wrap(['n: number of seeds.', ...columnNotes(group)].join(' '), most),
      ...wrap(bopsDefinition, most),
    ].join('\n'),
  );
  return [...sections, ...runsInNoTable(report, most)].join('\n\n');
}

/** Runs that are in no table, and why. */
function runsInNoTable({ unfinished, superseded, notes }: Report, width: number): string[] {
  const count = superseded.length;
  const again =
    count === 1
      ? 'A run that ended early is not listed: another run with the same config and seed has finished.'
      : `${count} runs that ended early are not listed: other runs with the same configs and seeds have finished.`;
  return [
    ...list(
      'In no table:',
      unfinished.map((run) => unfinishedLines(run, width)),
    ),
    ...(count === 0 ? [] : [wrap(again, width).join('\n')]),
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

/** An unfinished run's status and folder, and below them the reason and its latest figures. */
function unfinishedLines(run: RunSummary, width: number): string[] {
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
      .flatMap((text) => wrap(escapeControls(text), width - 2 - indent))
      .map((line) => `${' '.repeat(indent)}${line}`),
  ];
}

const indent = 'interrupted'.length + 1;

/** Each method's name, however long, has lines of its own above its rows. */
function table(group: ReportGroup, width: number): string[] {
  const columns = columnsInMethod(group);
  const heads = columns.map(({ head, shortHead }) => shortHead ?? head);
  const rows = group.rows.map((row) => {
    // Removing these spaces makes all columns fit.
    const [point = '', ...cells] = columns.map(({ cell }) =>
      cell(row).replace(/ (?=[±(])|(?<=±) /g, ''),
    );
    return [`${row.isOnFront ? '*' : ' '} ${point}`, ...cells];
  });
  const paddedHeads = [`  ${heads[0] ?? ''}`, ...heads.slice(1)];
  const [head, ...body] = tableThatFits(paddedHeads, rows, { width }) ?? [];
  return [
    ...(head === undefined ? [] : [head]),
    ...group.rows.flatMap((row, index) => {
      const isNew = row.method !== group.rows[index - 1]?.method;
      const [, ...cells] = rows[index] ?? [];
      const stacked = () =>
        stackedRow(heads, [`${row.isOnFront ? '* ' : ''}${pointName(row)}`, ...cells], width);
      return [
        ...(isNew ? wrap(escapeControls(row.method), Math.min(80, width)) : []),
        ...(head === undefined ? stacked() : [body[index] ?? '']),
      ];
    }),
  ];
}

function comparison({ comparison }: ReportGroup, width: number): string[] {
  return (comparison ? comparisonParts(comparison) : []).flatMap(({ title, lines }) => [
    ...wrap(escapeControls(title), width),
    ...lines.flatMap(({ text }) =>
      wrap(escapeControls(text), width - 2).map((part) => `  ${part}`),
    ),
    '',
  ]);
}

function published({ references, networks }: ReportGroup, width: number): string[] {
  return references.flatMap((reference) => {
    const { network, method, source } = reference;
    const which = networks.length === 1 ? '' : ` ${network}`;
    const figures = formatPublished(reference);
    return wrap(escapeControls(`Published${which}: ${method}, ${figures} (${source})`), width);
  });
}
