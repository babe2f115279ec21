import { naturalOrder } from '../text/natural-order.js';
import type { FinishedRunSummary } from '../runs/run-summary.js';
import { parentName } from '../config/naming/identity.js';
import {
  isOfSameSetting,
  settingIdentity,
  type RunOrigin,
  type SourceKind,
} from '../runs/identity/run-origin.js';
import { nameOfTeacher, nameOfWeights, repetitionsOf, type Repetitions } from './repetitions.js';
import { networkName } from './names.js';
import { summarizeNetwork, summarizeNetworks, type NetworkSummary } from './network-summary.js';
import { paretoFront } from './pareto-front.js';
import { learnsGates, type Point } from '../config/naming/method-name.js';
import { groupBy } from '../text/group-by.js';
import { isNamed } from './naming-options.js';
import { nameRows, type RowNames } from './row-names.js';
import { spread, type PlusMinus, type Spread } from './statistics.js';

/** A row of the trade-off table: runs that differ only in seed. */
export interface ReportRow extends NetworkSummary {
  /** A hash of everything that decides its runs' results, except the seed; see runs/identity. */
  readonly settingIdentity: string;
  readonly network: string;
  /** How its runs were trained, as far as methods in the table differ; a series in pictures. */
  readonly method: string;
  /** Position on its method's curve. */
  readonly point: Point;
  /** What distinguishes it from other rows of its method; usually empty. */
  readonly extra: string;
  /** Undefined if it has no effect. */
  readonly mu: number | undefined;
  readonly seeds: readonly number[];
  /** Test accuracy. */
  readonly accuracyPercent: Spread;
  /** Accuracy on held-out images, by which rows are chosen; undefined: none, test accuracy decides. */
  readonly validationPercent: Spread | undefined;
  readonly relativeBopsPercent: Spread;
  /** 10^9 bit operations for one image. */
  readonly gbops: Spread;
  /** Whether no other row of the table dominates it; see `paretoFront`. */
  readonly isOnFront: boolean;
  /** The same among the rows of its method. */
  readonly isOnOwnFront: boolean;
  /** Sorted by seed. */
  readonly runs: readonly FinishedRunSummary[];
}

/** The rows of a table. */
export interface ReportRows extends Pick<RowNames, 'shared' | 'details'> {
  /** Sorted by method, then by point. */
  readonly rows: readonly ReportRow[];
  /** The methods of all rows, including rows not shown. */
  readonly methods: readonly string[];
  /** Notes on runs that are left out or may surprise. */
  readonly notes: readonly string[];
}

/** How runs are grouped into methods, and what ± shows. */
export interface Naming {
  readonly plusMinus?: PlusMinus | undefined;
  /** The user's name for a run's method; undefined: named by its config. */
  readonly labelOf?: ((run: FinishedRunSummary) => string | undefined) | undefined;
  /** A config key whose values are the methods. */
  readonly groupKey?: string | undefined;
  /** Names of the methods to show; default: all. */
  readonly only?: readonly string[] | undefined;
}

/** Tabulate the runs on one data set. */
export function reportRows(
  runs: readonly FinishedRunSummary[],
  { labelOf = () => undefined, groupKey, only, plusMinus }: Naming = {},
): ReportRows {
  // Runs with another label are a separate method, even if their configs are equal.
  const parts = [...groupBy(runs, labelOf)].map(([label, members]) => ({
    label,
    ...repetitionsOf(members),
  }));
  const repetitions = parts.flatMap(({ repetitions }) => repetitions);
  const { names, ...common } = nameRows(
    parts.flatMap(({ label, repetitions: own }) =>
      own.map((each) => ({
        label,
        config: each.runs[0].config,
        further: furtherFacts(each, repetitions),
      })),
    ),
    groupKey,
  );
  const rows = repetitions.flatMap((each, index) => {
    const name = names[index];
    const isShown = !only || only.some((one) => isNamed(name?.method ?? '', one));
    return name && isShown ? [{ ...rowOf(each, plusMinus), ...name }] : [];
  });
  const onFront = frontOf(rows);
  const byMethod = groupBy(rows, ({ method }) => method);
  const onOwnFront = new Set(
    [...byMethod.values()].flatMap((own) => own.filter((_, index) => frontOf(own)[index])),
  );
  const marked = rows
    .map((row, index) => ({
      ...row,
      isOnFront: onFront[index] ?? false,
      isOnOwnFront: onOwnFront.has(row),
    }))
    .sort(
      (a, b) =>
        byMethodName(a.method, b.method) ||
        a.point.order - b.point.order ||
        naturalOrder(a.extra, b.extra),
    );
  const methods = [...new Set(names.map(({ method }) => method))].sort(byMethodName);
  return { rows: marked, methods, notes: parts.flatMap(({ notes }) => notes), ...common };
}

type Unmarked = Omit<ReportRow, 'isOnFront' | 'isOnOwnFront'>;

/** Mark the Pareto front by absolute bit operations: relative ones are not comparable between networks. */
function frontOf(rows: readonly Unmarked[]): boolean[] {
  return paretoFront(
    rows.map(({ validationPercent, accuracyPercent, gbops, constantNetworks }) => ({
      accuracyPercent: (validationPercent ?? accuracyPercent).mean,
      bops: gbops.mean,
      isConstant: constantNetworks > 0,
    })),
  );
}

/** Sort Bayesian Bits first and full precision last. */
function byMethodName(a: string, b: string): number {
  const rank = (name: string) =>
    name.startsWith('Bayesian Bits') ? 0 : name.startsWith('full precision') ? 2 : 1;
  return rank(a) - rank(b) || naturalOrder(a, b);
}

/** Whether a row's networks are not quantized, and its method is plain full precision. */
export function isFullPrecision({ point, method }: Pick<ReportRow, 'point' | 'method'>): boolean {
  return point.by === 'nothing' && method.startsWith('full precision');
}

/** `mu 0.1`, `w4a4`, `≤ 0.5 %`: a row's name within its method. */
export function pointName({ point, extra }: Pick<ReportRow, 'point' | 'extra'>): string {
  const by = point.by === 'mu' ? 'mu ' : point.by === 'budget' ? '≤ ' : '';
  return [`${by}${point.value}`, extra].filter((part) => part !== '').join(', ');
}

/** `pruning only w8a8, mu 0.1`: a row's name within its table. */
export function rowName(row: Pick<ReportRow, 'method' | 'point' | 'extra'>): string {
  return [row.method, pointName(row)].filter((part) => part !== '').join(', ');
}

/** What distinguishes a row from others, apart from its config. */
function furtherFacts(
  { runs: [{ origin }], further }: Repetitions,
  all: readonly Repetitions[],
): ReadonlyMap<string, string> {
  const epochs = origin.extendedAfterEpochs.join(' and ');
  return new Map([
    ['extension', epochs === '' ? '' : `extended after epoch ${epochs}`],
    ['weights', isAmbiguous('parent', origin, all) ? nameOfWeights(origin) : ''],
    ['teacher', isAmbiguous('teacher', origin, all) ? nameOfTeacher(origin) : ''],
    ...further,
  ]);
}

/** Whether another run starts from, or learns from, a different run in a folder of the same name. */
function isAmbiguous(
  source: SourceKind,
  origin: RunOrigin,
  repetitions: readonly Repetitions[],
): boolean {
  const nameOf = ({ seed, ...sources }: RunOrigin) =>
    sources[source] && parentName(sources[source].folder, seed);
  const name = nameOf(origin);
  return repetitions.some(
    ({ runs: [other] }) =>
      name !== undefined &&
      nameOf(other.origin) === name &&
      !isOfSameSetting(source, origin, other.origin),
  );
}

function rowOf(
  { runs }: Repetitions,
  plusMinus: PlusMinus | undefined,
): Omit<Unmarked, 'method' | 'point' | 'extra'> {
  const [{ config, origin }] = runs;
  const validation = runs.flatMap(({ result }) => heldOutPercent(result) ?? []);
  return {
    settingIdentity: settingIdentity(origin),
    network: networkName(config),
    mu: learnsGates(config) ? config.mu : undefined,
    seeds: runs.map(({ config }) => config.seed),
    accuracyPercent: spread(
      runs.map(({ result }) => result.testAccuracyPercent),
      plusMinus,
    ),
    validationPercent:
      validation.length === runs.length ? spread(validation, plusMinus) : undefined,
    relativeBopsPercent: spread(
      runs.map(({ result }) => result.relativeBopsPercent),
      plusMinus,
    ),
    gbops: spread(
      runs.map(({ result }) => result.gbops),
      plusMinus,
    ),
    ...summarizeNetworks(runs.map(summarizeNetwork)),
    runs,
  };
}

/** A run's accuracy on held-out images, by which it is chosen; undefined if none or unknown. */
export function heldOutPercent({
  validationAccuracyPercent: percent,
}: FinishedRunSummary['result']): number | undefined {
  return percent === undefined || Number.isNaN(percent) ? undefined : percent;
}
