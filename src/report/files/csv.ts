import { allColumns, type Fields } from '../columns.js';
import type { Report, ReportGroup } from '../report.js';
import type { FinishedRunSummary } from '../../runs/run-summary.js';
import { pointName, type ReportRow } from '../rows.js';

/** `pareto.csv`: a line for each row, unrounded, in the format of RFC 4180. */
export function reportCsv({ groups }: Report): string {
  const rows = groups.flatMap((group) => group.rows.map((row) => fieldsOf(group, row)));
  return csv(rows);
}

function fieldsOf({ dataset }: ReportGroup, row: ReportRow): Fields {
  return {
    dataset,
    network: row.network,
    ...Object.fromEntries(allColumns.flatMap(({ fields }) => Object.entries(fields(row)))),
    on_pareto_front: row.isOnFront ? 1 : 0,
    on_front_of_method: row.isOnOwnFront ? 1 : 0,
  };
}

/** `pareto-seeds.csv`: a line for each run. */
export function seedsCsv({ groups }: Report): string {
  const rows = groups.flatMap((group) =>
    group.rows.flatMap((row) => row.runs.map((run) => seedFields(group, row, run))),
  );
  return csv(rows);
}

function seedFields(
  { dataset }: ReportGroup,
  row: ReportRow,
  { folder, config, result }: FinishedRunSummary,
): Fields {
  return {
    dataset,
    network: row.network,
    method: row.method,
    point: pointName(row),
    mu: row.mu,
    seed: config.seed,
    test_accuracy_percent: result.testAccuracyPercent,
    validation_accuracy_percent: result.validationAccuracyPercent,
    relative_bops_percent: result.relativeBopsPercent,
    gbops: result.gbops,
    folder,
  };
}

function csv(rows: readonly Fields[]): string {
  const head = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => head.map((name) => field(row[name])));
  return [head, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

function field(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
