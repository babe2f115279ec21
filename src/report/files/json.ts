import { latestFigures } from '../../runs/latest-figures.js';
import type { BitsSummary } from '../network-summary.js';
import type { Report, ReportGroup } from '../report.js';
import type { ReportRow } from '../rows.js';
import type { Spread } from '../statistics.js';

/** `pareto.json`, and what `bbits report --json` prints: the tables in plain numbers. */
export function reportJson({
  groups,
  unfinished,
  superseded,
  notes,
  bopsDefinition,
}: Report): string {
  const report = {
    format: 1,
    writtenBy: 'bbits report',
    groups: groups.map(group),
    unfinished: unfinished.map((run) => ({
      folder: run.folder,
      status: run.status,
      reason: run.reason ?? null,
      epochs: latestFigures(run)?.epochs ?? 0,
    })),
    runAgain: superseded.map(({ folder, status }) => ({ folder, status })),
    notes,
    bopsDefinition,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function group({ title, dataset, isOneSize, rows, references }: ReportGroup) {
  return {
    title,
    dataset,
    /** Whether relative bit operations can be compared between rows. */
    oneSize: isOneSize,
    rows: rows.map(row),
    references,
  };
}

function row(row: ReportRow) {
  const { weightBits, activationBits, keptChannelsPercent, compressedBytes } = row;
  return {
    setting: row.setting,
    settingIdentity: row.settingIdentity,
    network: row.network,
    mu: row.mu,
    seeds: row.seeds,
    testAccuracyPercent: spread(row.accuracyPercent),
    relativeBopsPercent: spread(row.relativeBopsPercent),
    gbops: spread(row.gbops),
    weightBits: bits(weightBits),
    activationBits: activationBits === undefined ? null : bits(activationBits),
    keptChannelsPercent,
    compressedBytes: compressedBytes ?? null,
    onParetoFront: row.isOnFront,
    runs: row.runs.map(({ folder }) => folder),
  };
}

function bits({ mean, lowest, highest }: BitsSummary) {
  return { meanByMacs: mean ?? null, lowest, highest };
}

function spread({ mean, standardError, values }: Spread) {
  return { mean, standardError: standardError ?? null, values };
}
