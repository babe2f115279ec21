import { formatBytes } from '../../text/bytes.js';
import { escapeControls } from '../../text/escape-controls.js';
import type { ListedRun } from '../../runs/list-runs.js';
import { age } from '../../text/age.js';
import { plainTable } from './plain-table.js';
import { formatAccuracy, threeDigits } from '../../text/figures.js';
import { wrap } from '../../text/wrap.js';

/** Settings that would be shorter than this are left out. */
const shortestSetting = 12;
const settingColumn = 2;

/**
 * Runs, a line each, and below them why some have not finished.
 *
 * @param width of the terminal, in columns; names are never cut, settings may be
 * @param now in milliseconds
 */
export function runsTable(runs: readonly ListedRun[], width: number, now: number): string {
  const head = ['Name', 'Status', 'Setting', 'Acc. %', 'BOPs %', 'Age', 'Size'];
  const rows = runs.map((run) => cells(run, now));
  const widths = head.map((text, column) =>
    Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const others = widths.filter((_, column) => column !== settingColumn);
  const room = width - others.reduce((sum, other) => sum + other + 2, 0);
  const fitted = [head, ...rows].map((row) =>
    room < shortestSetting
      ? row.toSpliced(settingColumn, 1)
      : row.with(settingColumn, cut(row[settingColumn] ?? '', room)),
  );
  const [fittedHead = [], ...body] = fitted;
  const reasons = runs.flatMap(({ name, reason }) =>
    reason === undefined ? [] : wrap(escapeControls(`${name}: ${reason}`), width),
  );
  return [
    plainTable(fittedHead, body, fittedHead.length - 4),
    ...(reasons.length > 0 ? ['', ...reasons] : []),
  ].join('\n');
}

function cells(run: ListedRun, now: number): string[] {
  const { testAccuracyPercent, relativeBopsPercent, epochs, allEpochs } = run;
  const isPartial = run.status !== 'finished' && epochs !== undefined;
  return [
    escapeControls(run.name),
    isPartial ? `${run.status} ${epochs}/${allEpochs ?? '?'}` : run.status,
    escapeControls(run.setting ?? ''),
    testAccuracyPercent === undefined ? '' : formatAccuracy(testAccuracyPercent),
    relativeBopsPercent === undefined ? '' : threeDigits(relativeBopsPercent),
    age((now - run.changed.getTime()) / 1000),
    formatBytes(run.bytes),
  ];
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
