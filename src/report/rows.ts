import { settingIdentity } from '../config/naming/identity.js';
import { naturalOrder } from '../text/natural-order.js';
import type { FinishedRunSummary } from '../runs/run-summary.js';
import { groupBy } from './group-by.js';
import { networkName } from './names.js';
import { summarizeNetwork, summarizeNetworks, type NetworkSummary } from './network-summary.js';
import { paretoFront } from './pareto-front.js';
import { settingNames } from '../config/naming/settings.js';
import { spread, type Spread } from './statistics.js';

/** A line of the trade-off table: runs that differ in nothing but the seed. */
export interface ReportRow extends NetworkSummary {
  /** A hash of what decides its runs' results but the seed: that of `config/naming/identity.ts`. */
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
 * @param runs no two with the same config and seed
 */
export function reportRows(runs: readonly FinishedRunSummary[]): ReportRow[] {
  const bySetting = groupBy(runs, ({ config }) => settingIdentity(config));
  const repetitions = [...bySetting.values()].map((runs) =>
    runs.toSorted((a, b) => a.config.seed - b.config.seed),
  );
  const names = settingNames(repetitions.map(configOf));
  const rows = repetitions.map((runs, index) => rowOf(runs, names[index] ?? ''));
  // Relative to what differs between networks, bit operations cannot be compared: absolute ones can.
  const onFront = paretoFront(
    rows.map(({ accuracyPercent, gbops, constantNetworks }) => ({
      accuracyPercent: accuracyPercent.mean,
      bops: gbops.mean,
      isConstant: constantNetworks > 0,
    })),
  );
  return rows
    .map((each, index) => ({ ...each, isOnFront: onFront[index] ?? false }))
    .sort((a, b) => naturalOrder(a.setting, b.setting) || a.mu - b.mu);
}

function rowOf(runs: readonly FinishedRunSummary[], setting: string): Omit<ReportRow, 'isOnFront'> {
  const config = configOf(runs);
  return {
    settingIdentity: settingIdentity(config),
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

function configOf([first]: readonly FinishedRunSummary[]): FinishedRunSummary['config'] {
  if (first === undefined) throw new Error('reportRows: a setting without runs');
  return first.config;
}
