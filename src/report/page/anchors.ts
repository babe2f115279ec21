import type { FinishedRunSummary } from '../../runs/run-summary.js';
import type { ReportGroup } from '../report.js';
import type { ReportRow } from '../rows.js';

/** Ids of link targets on the page: a method's runs, a row's runs and each run. */
export interface Anchors {
  readonly ofMethod: (method: string) => string;
  readonly ofRow: (row: ReportRow) => string;
  readonly ofRun: (row: ReportRow, run: FinishedRunSummary) => string;
}

/** @param prefix of the group, as a page has several */
export function anchorsOf({ rows }: ReportGroup, prefix: string): Anchors {
  const methods = [...new Set(rows.map(({ method }) => method))];
  const places = new Map(rows.map((row, index) => [row, index]));
  const ofRow = (row: ReportRow) => `${prefix}-row${places.get(row) ?? ''}`;
  return {
    ofMethod: (method) => `${prefix}-method${methods.indexOf(method)}`,
    ofRow,
    ofRun: (row, run) => `${ofRow(row)}-run${row.runs.indexOf(run)}`,
  };
}
