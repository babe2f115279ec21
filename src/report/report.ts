import { bopsDefinition, fullBitOperations } from '../bayesian-bits/bops.js';
import { findRuns } from '../runs/find-runs.js';
import { runIdentity } from '../config/naming/identity.js';
import {
  isFinished,
  summarizeRun,
  type FinishedRunSummary,
  type RunSummary,
} from '../runs/run-summary.js';
import { groupBy } from './group-by.js';
import { datasetIdentity, datasetName } from './names.js';
import { loadReferences, type Reference } from './references.js';
import { reportRows, type ReportRow } from './rows.js';

/** What one's runs come to. */
export interface Report {
  readonly groups: readonly ReportGroup[];
  /** Runs without a result, or one that cannot be read; but those that are superseded. */
  readonly unfinished: readonly RunSummary[];
  /** Runs that ended early, and of whose config and seed another one has finished. */
  readonly superseded: readonly RunSummary[];
  /** What is wrong with some files, and which runs are left out for it. */
  readonly notes: readonly string[];
  /** How bit operations are counted, in words. */
  readonly bopsDefinition: string;
}

/** The runs on one data set: accuracies on different ones cannot be compared. */
export interface ReportGroup {
  readonly title: string;
  readonly dataset: string;
  readonly networks: readonly string[];
  readonly rows: readonly ReportRow[];
  /**
   * Whether all rows have the same bit operations at 32 bits: if not, relative ones cannot be
   * compared between rows.
   */
  readonly isOneSize: boolean;
  readonly references: readonly PlacedReference[];
}

export interface PlacedReference extends Reference {
  /** 10^9 bit operations for one image, as the runs of that network count them. */
  readonly gbops: number;
}

/**
 * Reads all runs in some folders.
 *
 * @param referencesFile further published results
 * @throws UserError (exit code 2) if a folder or that file is not what it should be
 */
export async function makeReport(
  folders: readonly string[],
  referencesFile?: string,
): Promise<Report> {
  const references = await loadReferences(referencesFile);
  const found = await findRuns(folders);
  const runs: RunSummary[] = [];
  // One after the other: their metrics may be large.
  for (const folder of found.folders) runs.push(await summarizeRun(folder));
  const notes = [...found.problems, ...runs.flatMap(({ problems }) => problems)];
  return reportOf(runs, references, notes);
}

/** @param notes what is known to be wrong already */
export function reportOf(
  runs: readonly RunSummary[],
  references: readonly Reference[],
  notes: readonly string[] = [],
): Report {
  const finished = runs.filter(isFinished);
  const { kept, repeated } = withoutRepetitions(finished);
  const identities = new Set(kept.map(({ config }) => runIdentity(config)));
  const isSuperseded = ({ status, config }: RunSummary) =>
    ['interrupted', 'failed', 'diverged'].includes(status) &&
    config !== undefined &&
    identities.has(runIdentity(config));
  const others = runs.filter((run) => !isFinished(run));
  const byDataset = groupBy(kept, ({ config }) => datasetIdentity(config));
  return {
    groups: [...byDataset.values()].map((group) => reportGroup(group, references)),
    unfinished: others.filter((run) => !isSuperseded(run)),
    superseded: others.filter(isSuperseded),
    notes: [...notes, ...repeated],
    bopsDefinition,
  };
}

/** Of runs with the same config and seed the first: the same number twice says nothing of the spread. */
function withoutRepetitions(runs: readonly FinishedRunSummary[]): {
  kept: FinishedRunSummary[];
  repeated: string[];
} {
  const byIdentity = new Map<string, FinishedRunSummary>();
  const repeated: string[] = [];
  for (const run of runs) {
    const identity = runIdentity(run.config);
    const first = byIdentity.get(identity);
    if (first === undefined) byIdentity.set(identity, run);
    else {
      const same = `has the same config and seed as ${first.folder}`;
      repeated.push(`${run.folder}: ${same}, which stands for both`);
    }
  }
  return { kept: [...byIdentity.values()], repeated };
}

function reportGroup(
  runs: readonly FinishedRunSummary[],
  references: readonly Reference[],
): ReportGroup {
  const rows = reportRows(runs);
  const [dataset = ''] = runs.map(({ config }) => datasetName(config));
  const networks = [...new Set(rows.map(({ network }) => network))];
  const sizes = rows.map(fullGbops);
  return {
    title: networks.length === 1 ? `${networks.join()} on ${dataset}` : dataset,
    dataset,
    networks,
    rows,
    isOneSize: Math.max(...sizes) - Math.min(...sizes) <= 1e-6 * Math.max(...sizes),
    references: references.flatMap((reference) => {
      const row = rows.find(({ network }) => network === reference.network);
      if (row === undefined || reference.dataset !== dataset) return [];
      return [{ ...reference, gbops: gbopsAt(row, reference.relativeBopsPercent) }];
    }),
  };
}

/** What so much of the bit operations of the row's network at 32 bits with all channels is. */
export function gbopsAt(row: ReportRow, relativeBopsPercent: number): number {
  return (fullGbops(row) * relativeBopsPercent) / 100;
}

/** By the network's layers: not by what is left of them, which may be nothing. */
function fullGbops({ runs }: ReportRow): number {
  const macs = runs[0]?.result.layers.reduce((sum, layer) => sum + layer.macs, 0) ?? 0;
  return fullBitOperations(macs) / 1e9;
}
