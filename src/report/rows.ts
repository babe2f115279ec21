import { naturalOrder } from '../text/natural-order.js';
import type { FinishedRunSummary } from '../runs/run-summary.js';
import { endOfPath, ofAnySeed } from '../config/naming/identity.js';
import {
  isParentOfSameSetting,
  settingIdentity,
  type RunOrigin,
} from '../runs/identity/run-origin.js';
import { nameOfWeights, repetitionsOf, type Repetitions } from './repetitions.js';
import { networkName } from './names.js';
import { summarizeNetwork, summarizeNetworks, type NetworkSummary } from './network-summary.js';
import { paretoFront } from './pareto-front.js';
import { settingNames } from '../config/naming/settings.js';
import { spread, type Spread } from './statistics.js';

/** A line of the trade-off table: runs that differ in nothing but the seed. */
export interface ReportRow extends NetworkSummary {
  /** A hash of what decides its runs' results but the seed: that of runs/identity. */
  readonly settingIdentity: string;
  readonly network: string;
  /** What tells it from the table's other settings, but mu; empty where nothing does. */
  readonly setting: string;
  readonly mu: number;
  readonly seeds: readonly number[];
  readonly accuracyPercent: Spread;
  readonly relativeBopsPercent: Spread;
  /** 10^9 bit operations for one image. */
  readonly gbops: Spread;
  readonly isOnFront: boolean;
  /** In the order of the seeds. */
  readonly runs: readonly FinishedRunSummary[];
}

/**
 * The table of runs on one data set, by setting and then by mu.
 *
 * @returns `notes`: what of the runs is not in it, or may surprise
 */
export function reportRows(runs: readonly FinishedRunSummary[]): {
  rows: ReportRow[];
  notes: string[];
} {
  const { repetitions, notes } = repetitionsOf(runs);
  const names = rowNames(repetitions);
  const rows = repetitions.map((each, index) => rowOf(each, names[index] ?? ''));
  // Relative to what differs between networks, bit operations cannot be compared: absolute ones can.
  const onFront = paretoFront(
    rows.map(({ accuracyPercent, gbops, constantNetworks }) => ({
      accuracyPercent: accuracyPercent.mean,
      bops: gbops.mean,
      isConstant: constantNetworks > 0,
    })),
  );
  const marked = rows
    .map((each, index) => ({ ...each, isOnFront: onFront[index] ?? false }))
    .sort((a, b) => naturalOrder(a.setting, b.setting) || a.mu - b.mu);
  return { rows: marked, notes };
}

/** What tells rows apart, which is nothing of their data: that is one. */
function rowNames(repetitions: readonly Repetitions[]): string[] {
  const configs = repetitions.map(({ runs: [first] }) => first.config);
  const [{ dataset } = { dataset: undefined }] = configs;
  return settingNames(
    configs.map((config) => ({ ...config, ...(dataset ? { dataset } : {}) })),
    repetitions.map(({ runs: [{ origin }], further }) => {
      const epochs = origin.extendedAfterEpochs.join(' and ');
      return new Map([
        ['extension', epochs === '' ? '' : `extended after epoch ${epochs}`],
        ['weights', isAmbiguous(origin, repetitions) ? nameOfWeights(origin) : ''],
        ...further,
      ]);
    }),
  );
}

/** Whether there is another parent whose folder has the same name. */
function isAmbiguous(origin: RunOrigin, repetitions: readonly Repetitions[]): boolean {
  const name = parentName(origin);
  return repetitions.some(
    ({ runs: [other] }) =>
      name !== undefined &&
      parentName(other.origin) === name &&
      !isParentOfSameSetting(origin, other.origin),
  );
}

function parentName({ parent, seed }: RunOrigin): string | undefined {
  return parent && endOfPath(ofAnySeed(parent.folder, seed));
}

function rowOf({ runs }: Repetitions, setting: string): Omit<ReportRow, 'isOnFront'> {
  const [{ config, origin }] = runs;
  return {
    settingIdentity: settingIdentity(origin),
    network: networkName(config),
    setting,
    mu: config.mu,
    seeds: runs.map(({ config }) => config.seed),
    accuracyPercent: spread(runs.map(({ result }) => result.testAccuracyPercent)),
    relativeBopsPercent: spread(runs.map(({ result }) => result.relativeBopsPercent)),
    gbops: spread(runs.map(({ result }) => result.gbops)),
    ...summarizeNetworks(runs.map(summarizeNetwork)),
    runs,
  };
}
