import { bopsDefinition, fullBitOperations } from '../bayesian-bits/bops.js';
import { findRuns } from '../runs/find-runs.js';
import { isFinished, type FinishedRunSummary, type RunSummary } from '../runs/run-summary.js';
import { circumstanceDifferences, circumstancesOf } from '../runs/identity/circumstances.js';
import { dataGroups, withKnownContents } from '../runs/identity/data-groups.js';
import { isSameRun } from '../runs/identity/run-origin.js';
import {
  compareMethods,
  type Comparison,
  type ComparisonOptions,
} from './comparison/compare-methods.js';
import { cachedSummaries } from './cache/cached-summaries.js';
import type { PlusMinus } from './statistics.js';
import { datasetName, isPublished, isUnverified } from './names.js';
import { loadReferences, type Reference } from './references.js';
import {
  heldOutPercent,
  reportRows,
  type Naming,
  type ReportRow,
  type ReportRows,
} from './rows.js';
import { groupBy } from '../text/group-by.js';
import { expectMethods, namingOf, type NamingOptions } from './naming-options.js';
import { counted } from '../text/counted.js';
import { naturalOrder } from '../text/natural-order.js';

/** The results of all runs. */
export interface Report {
  readonly groups: readonly ReportGroup[];
  /** Runs without a readable result, except superseded ones. */
  readonly unfinished: readonly RunSummary[];
  /** Runs that ended early, where another run of the same config and seed has finished. */
  readonly superseded: readonly RunSummary[];
  /** Problems with files, and the runs left out because of them. */
  readonly notes: readonly string[];
  /** How bit operations are counted, in words. */
  readonly bopsDefinition: string;
}

/** The runs on one data set: accuracies on different data sets are not comparable. */
export interface ReportGroup extends Pick<ReportRows, 'shared' | 'details'> {
  readonly title: string;
  readonly dataset: string;
  readonly networks: readonly string[];
  readonly rows: readonly ReportRow[];
  /**
   * Whether all rows have the same bit operations at 32 bits; if not, relative bit operations are not
   * comparable between rows.
   */
  readonly isOneSize: boolean;
  /** Whether rows are chosen by accuracy on held-out images, so that test accuracy is unbiased. */
  readonly isChosenOnHeldOut: boolean;
  /** The meaning of ±. */
  readonly plusMinus: PlusMinus;
  /** Comparison of the methods, if requested. */
  readonly comparison: Comparison | undefined;
  readonly references: readonly PlacedReference[];
  /** Sentences about the runs, for display below the table. */
  readonly notes: readonly string[];
}

export interface PlacedReference extends Reference {
  /** 10^9 bit operations for one image, as counted for the runs of this network. */
  readonly gbops: number;
}

export interface ReportOptions extends NamingOptions, ComparisonOptions {
  /** A file of additional published results. */
  readonly references?: string | undefined;
}

/**
 * Report on all runs in the given folders.
 *
 * @throws UserError (exit code 2) if a folder, the references file or an option is invalid
 */
export async function makeReport(
  folders: readonly string[],
  { references: referencesFile, ...options }: ReportOptions = {},
): Promise<Report> {
  const references = await loadReferences(referencesFile);
  const found = await findRuns(folders);
  const runs = await cachedSummaries(found.folders);
  const notes = [...found.problems, ...runs.flatMap(({ problems }) => problems)];
  return reportOf(runs, references, notes, options);
}

/** Report on runs that have been read. @param notes problems found so far */
export function reportOf(
  runs: readonly RunSummary[],
  references: readonly Reference[],
  notes: readonly string[] = [],
  options: NamingOptions & ComparisonOptions = {},
): Report {
  const finished = withKnownContents(runs.filter(isFinished));
  const naming = { ...namingOf(options, finished), plusMinus: options.plusMinus };
  const isSuperseded = ({ status, origin }: RunSummary) =>
    ['interrupted', 'failed', 'diverged'].includes(status) &&
    finished.some((other) => origin !== undefined && isSameRun(other.origin, origin));
  const others = runs.filter((run) => !isFinished(run));
  const parts = dataGroups(finished)
    .flatMap(byChoice)
    .map((group) => reportGroup(group, references, naming, options));
  const named = [options.only ?? [], options.against ?? []].flat();
  expectMethods(
    named,
    parts.flatMap(({ methods }) => methods),
  );
  return {
    groups: withOwnTitles(parts.flatMap(({ group }) => (group.rows.length > 0 ? [group] : []))),
    unfinished: others.filter((run) => !isSuperseded(run)),
    superseded: others.filter(isSuperseded),
    notes: [...notes, ...untold(finished), ...parts.flatMap(({ notes }) => notes)],
    bopsDefinition,
  };
}

/** Note what runs by earlier versions did not record, and how they are compared instead. */
function untold(runs: readonly FinishedRunSummary[]): string[] {
  const noData = runs.filter(
    ({ origin: { data } }) => data.contents === undefined && data.files === undefined,
  );
  const noWeights = runs.filter(({ origin: { parent } }) => parent && parent.weights === undefined);
  const note = (count: number, what: string, by: string) =>
    count === 0
      ? []
      : [
          `${counted(count, 'run')} by an earlier version ${count === 1 ? 'does' : 'do'} not record ${what}: compared by ${by}`,
        ];
  return [
    ...note(noData.length, 'the contents of the data', 'its name'),
    ...note(noWeights.length, 'the initial weights', 'the folder of the parent run'),
  ];
}

/** Add the data's checksum to a title that several groups share. */
function withOwnTitles(groups: readonly ReportGroup[]): ReportGroup[] {
  const isShared = (title: string) => groups.filter((group) => group.title === title).length > 1;
  return groups.map((group) => {
    const { contents, files } = group.rows[0]?.runs[0]?.origin.data ?? {};
    const sum = (contents ?? files ?? 'unknown').slice(0, 8);
    return isShared(group.title) ? { ...group, title: `${group.title}, data ${sum}` } : group;
  });
}

/** Split off the runs chosen on held-out images: rows chosen on test images look better than they are. */
function byChoice(
  runs: readonly [FinishedRunSummary, ...FinishedRunSummary[]],
): [FinishedRunSummary, ...FinishedRunSummary[]][] {
  return [...groupBy(runs, isHeldOut).values()] as [FinishedRunSummary, ...FinishedRunSummary[]][];
}

function isHeldOut({ result }: FinishedRunSummary): boolean {
  return heldOutPercent(result) !== undefined;
}

function reportGroup(
  runs: readonly [FinishedRunSummary, ...FinishedRunSummary[]],
  references: readonly Reference[],
  naming: Naming,
  options: ComparisonOptions,
): { group: ReportGroup; methods: readonly string[]; notes: readonly string[] } {
  const { rows, notes, methods, ...common } = reportRows(runs, naming);
  const [{ config }] = runs;
  const dataset = datasetName(config);
  const named = runs.some(isUnverified) ? `${dataset} (unverified)` : dataset;
  const heldOut = isHeldOut(runs[0]) ? ', chosen on held-out images' : '';
  const networks = [...new Set(rows.map(({ network }) => network))];
  const sizes = rows.map(fullGbops);
  const isOneSize = Math.max(...sizes) - Math.min(...sizes) <= 1e-6 * Math.max(...sizes);
  const comparable = runs.every(isPublished) ? references : [];
  const group = {
    ...common,
    title: `${networks.length === 1 ? `${networks.join()} on ${named}` : named}${heldOut}`,
    dataset,
    networks,
    rows,
    isOneSize,
    plusMinus: options.plusMinus ?? ('interval' as const),
    comparison: isComparing(options)
      ? compareMethods(rows, isOneSize ? 1e9 * (sizes[0] ?? NaN) : undefined, options)
      : undefined,
    references: comparable.flatMap((reference) => {
      const row = rows.find(({ network }) => network === reference.network);
      if (row === undefined || reference.dataset !== dataset) return [];
      return [{ ...reference, gbops: gbopsAt(row, reference.relativeBopsPercent) }];
    }),
    isChosenOnHeldOut: isHeldOut(runs[0]),
    notes: groupNotes(rows, runs),
  };
  return { group, methods, notes };
}

function isComparing({ at, between, abovePercent, against }: ComparisonOptions): boolean {
  return [at, between, abovePercent, against].some((option) => option !== undefined);
}

/** Notes on a group's runs, for readers of the table. */
function groupNotes(rows: readonly ReportRow[], runs: readonly FinishedRunSummary[]): string[] {
  const differing = rows.flatMap(({ runs }) =>
    circumstanceDifferences(runs.flatMap(({ record }) => record ?? [])).map(({ name, values }) => ({
      name,
      values,
    })),
  );
  const names = [...new Set(differing.map(({ name }) => name))];
  const each = names.map((name) => {
    const values = differing.filter((other) => other.name === name).flatMap(({ values }) => values);
    return `${name} (${[...new Set(values)].toSorted(naturalOrder).join(', ')})`;
  });
  return [
    ...(each.length === 0
      ? []
      : [`Runs of a row differ in ${each.join(', ')}, which affects the last bits of a result.`]),
    ...movedNotes(runs),
    ...(runs.some(isUnverified)
      ? [
          'Unverified: the data differs from the published data set of this name, so no published results are shown.',
        ]
      : []),
  ];
}

/** Note runs that continued on another device: results are bit-identical on one device only. */
function movedNotes(runs: readonly FinishedRunSummary[]): string[] {
  const moved = runs.flatMap(({ record }) =>
    record?.segments ? (circumstancesOf(record).get('device') ?? []) : [],
  );
  if (moved.length === 0) return [];
  const devices = [...new Set(moved)].toSorted(naturalOrder).join('; ');
  return [
    `${counted(moved.length, 'run')} continued on another device (${devices}), which affects the last bits of a result.`,
  ];
}

/** Convert relative bit operations of the row's network to 10^9 bit operations. */
export function gbopsAt(row: ReportRow, relativeBopsPercent: number): number {
  return (fullGbops(row) * relativeBopsPercent) / 100;
}

/** 10^9 bit operations at 32 bits of the original layers: the trained network may have none left. */
function fullGbops({ runs }: ReportRow): number {
  const macs = runs[0]?.result.layers.reduce((sum, layer) => sum + layer.macs, 0) ?? 0;
  return fullBitOperations(macs) / 1e9;
}
