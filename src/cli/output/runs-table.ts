import { dirname } from 'node:path';
import type { ListedRun } from '../../runs/list-runs.js';
import { age } from '../../text/age.js';
import { formatBytes } from '../../text/bytes.js';
import { escapeControls } from '../../text/escape-controls.js';
import { formatAccuracy, threeDigits } from '../../text/figures.js';
import { groupBy } from '../../text/group-by.js';
import { wrap } from '../../text/wrap.js';
import { stackedRow, tableThatFits } from './plain-table.js';

const head = ['Name', 'Status', 'Setting', 'Acc. %', 'BOPs %', 'Age', 'Size'];
const settingColumn = 2;

/**
 * Table of runs, one per line, and below it the reasons why some have not finished.
 *
 * @param width of the terminal, in columns; nothing is cut off
 * @param now in milliseconds
 */
export function runsTable(runs: readonly ListedRun[], width: number, now: number): string {
  return [
    ...tableOf(
      runs.map((run) => runCells(run, now)),
      width,
    ),
    ...reasonsOf(runs, width),
  ].join('\n');
}

/**
 * `runsTable`, but with one line for each folder of several runs, such as a sweep.
 *
 * @param command builds the command that lists a folder
 */
export function runsOverview(
  runs: readonly ListedRun[],
  width: number,
  now: number,
  command: (folder: string) => string,
): string {
  const groups = [...groupBy(runs, groupOf)];
  const single = groups.flatMap(([, group]) => (group.length === 1 ? group : []));
  const rows = groups.map(([name, group]) => {
    const [first] = group;
    return group.length === 1 && first ? runCells(first, now) : groupCells(name, group, now);
  });
  const sweep = groups.find(([, group]) => group.length > 1)?.[1][0];
  const how =
    sweep === undefined
      ? []
      : [
          '',
          ...wrap('A folder with several runs is shown as one line. To list its runs:', width),
          `  ${command(dirname(sweep.folder))}`,
        ];
  return [...tableOf(rows, width), ...reasonsOf(single, width), ...how].join('\n');
}

/** The folder that a run is in; for a run directly in the listed folder, the run's own name. */
function groupOf({ name }: ListedRun): string {
  const folder = dirname(name);
  return folder === '.' ? name : `${folder}/`;
}

function reasonsOf(runs: readonly ListedRun[], width: number): string[] {
  const reasons = runs.flatMap(({ name, reason }) =>
    reason === undefined ? [] : wrap(escapeControls(`${name}: ${reason}`), Math.min(80, width)),
  );
  return reasons.length > 0 ? ['', ...reasons] : [];
}

/** Settings that do not fit in a column go below their runs, since names may not tell runs apart. */
function tableOf(rows: readonly (readonly string[])[], width: number): string[] {
  const whole = tableThatFits(head, rows, { alignedLeft: 3, width });
  if (whole) return whole;
  const short = (row: readonly string[]) => row.toSpliced(settingColumn, 1);
  const lines = tableThatFits(short(head), rows.map(short), { alignedLeft: 2, width });
  if (!lines) return rows.flatMap((row) => stackedRow(head, row, width));
  const below = (row: readonly string[]) =>
    wrap(row[settingColumn] ?? '', width - 2).map((line) => `  ${line}`);
  return lines.flatMap((line, index) => [line, ...below(rows[index - 1] ?? [])]);
}

function runCells(run: ListedRun, now: number): string[] {
  const { testAccuracyPercent, relativeBopsPercent, epochs, allEpochs } = run;
  const isPartial = run.status !== 'finished' && epochs !== undefined;
  return [
    escapeControls(run.name),
    isPartial ? `${run.status} ${epochs}/${allEpochs ?? '?'}` : run.status,
    escapeControls(run.setting ?? ''),
    testAccuracyPercent === undefined ? '' : formatAccuracy(testAccuracyPercent),
    relativeBopsPercent === undefined ? '' : threeDigits(relativeBopsPercent),
    ageText(run, now),
    formatBytes(run.bytes),
  ];
}

function groupCells(name: string, runs: readonly ListedRun[], now: number): string[] {
  const counts = [...groupBy(runs, ({ status }) => status)].map(
    ([status, group]) => `${group.length} ${status}`,
  );
  const [newest] = runs.toSorted(
    (a, b) => (b.changed?.getTime() ?? 0) - (a.changed?.getTime() ?? 0),
  );
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  return [
    escapeControls(name),
    counts.join(', '),
    '',
    '',
    '',
    newest ? ageText(newest, now) : '',
    formatBytes(bytes),
  ];
}

function ageText({ changed }: ListedRun, now: number): string {
  return changed ? age((now - changed.getTime()) / 1000) : '';
}
