import type { Report, ReportGroup } from '../report.js';
import type { ReportRow } from '../rows.js';

/** A field's text by its column; undefined: there is no such number. */
type Fields = Readonly<Record<string, string | number | undefined>>;

/** `pareto.csv`: a line for each setting, numbers in full, by RFC 4180. */
export function reportCsv({ groups }: Report): string {
  const rows = groups.flatMap((group) => group.rows.map((row) => fields(group, row)));
  const head = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => head.map((name) => field(row[name])));
  return [head, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

function fields({ dataset }: ReportGroup, row: ReportRow): Fields {
  const { accuracyPercent, relativeBopsPercent, gbops, weightBits, activationBits } = row;
  return {
    dataset,
    network: row.network,
    setting: row.setting,
    mu: row.mu,
    seeds: row.seeds.length,
    test_accuracy_percent: accuracyPercent.mean,
    test_accuracy_percent_se: accuracyPercent.standardError,
    relative_bops_percent: relativeBopsPercent.mean,
    relative_bops_percent_se: relativeBopsPercent.standardError,
    gbops: gbops.mean,
    gbops_se: gbops.standardError,
    weight_bits_mean: weightBits.mean,
    weight_bits_lowest: weightBits.lowest,
    weight_bits_highest: weightBits.highest,
    activation_bits_mean: activationBits?.mean,
    activation_bits_lowest: activationBits?.lowest,
    activation_bits_highest: activationBits?.highest,
    kept_channels_percent: row.keptChannelsPercent,
    compressed_bytes: row.compressedBytes,
    on_pareto_front: row.isOnFront ? 1 : 0,
  };
}

function field(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
