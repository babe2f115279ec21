import { z } from 'zod';
import { jsonFile, type Decoded } from '../../files/json-file.js';
import { parseJson } from '../../files/read-bounded.js';
import { latestFigures } from '../../runs/latest-figures.js';
import { comparisonJson, comparisonSchema, spread, spreadSchema } from './comparison-json.js';
import type { BitsSummary } from '../network-summary.js';
import { referenceSchema } from '../references.js';
import type { Report, ReportGroup } from '../report.js';
import { pointName, type ReportRow } from '../rows.js';

const bitsSchema = z.object({
  meanByMacs: z.number().nullable(),
  lowest: z.number(),
  highest: z.number(),
});

const rowSchema = z.object({
  /** Empty where all rows have one. */
  method: z.string(),
  /** Where on its method's curve it is. */
  point: z.string(),
  settingIdentity: z.string(),
  network: z.string(),
  /** null: it has no effect. */
  mu: z.number().nullable(),
  seeds: z.array(z.int()),
  testAccuracyPercent: spreadSchema,
  relativeBopsPercent: spreadSchema,
  gbops: spreadSchema,
  weightBits: bitsSchema,
  /** null where there is no activation between layers. */
  activationBits: bitsSchema.nullable(),
  keptChannelsPercent: z.number(),
  /** null: not known. */
  compressedBytes: z.number().nullable(),
  onParetoFront: z.boolean(),
  onFrontOfMethod: z.boolean(),
  /** Only where there are some: runs whose network gives the same for every image. */
  constantNetworks: z.int().min(1).exactOptional(),
  /** Their folders. */
  runs: z.array(z.string()),
});

const groupSchema = z.object({
  title: z.string(),
  dataset: z.string(),
  /** Whether relative bit operations can be compared between rows. */
  oneSize: z.boolean(),
  /** Whether fronts are those of accuracy on held-out images. */
  chosenOnHeldOut: z.boolean(),
  /** Of all rows; and of a method's, by its name. */
  shared: z.array(z.string()),
  details: z.record(z.string(), z.array(z.string())),
  rows: z.array(rowSchema),
  /** Only where it was asked for: methods at some costs. */
  comparison: comparisonSchema.exactOptional(),
  references: z.array(z.object({ ...referenceSchema.shape, gbops: z.number() })),
});

const schema = z.object({
  format: z.literal(1),
  /** Tells that a folder is a report's. */
  writtenBy: z.literal('bbits report'),
  groups: z.array(groupSchema),
  unfinished: z.array(
    z.object({
      folder: z.string(),
      status: z.string(),
      reason: z.string().nullable(),
      epochs: z.int(),
    }),
  ),
  runAgain: z.array(z.object({ folder: z.string(), status: z.string() })),
  notes: z.array(z.string()),
  /** How bit operations are counted, in words. */
  bopsDefinition: z.string(),
});

/** `pareto.json`, and what `bbits report --json` prints: the tables in plain numbers. */
export const reportFile = jsonFile('pareto.json', 2 ** 28, schema);

/** Whether a text is a report's, whichever version of bbits wrote it. */
export function isReportJson(text: string): boolean {
  return schema.pick({ writtenBy: true }).safeParse(parseJson(text)).success;
}

export function reportJson({
  groups,
  unfinished,
  superseded,
  notes,
  bopsDefinition,
}: Report): string {
  return reportFile.encode({
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
  });
}

function group({
  title,
  dataset,
  isOneSize,
  isChosenOnHeldOut,
  shared,
  details,
  rows,
  comparison,
  references,
}: ReportGroup): Decoded<typeof groupSchema> {
  return {
    title,
    dataset,
    oneSize: isOneSize,
    chosenOnHeldOut: isChosenOnHeldOut,
    shared,
    details: Object.fromEntries(details),
    rows: rows.map(row),
    ...(comparison ? { comparison: comparisonJson(comparison) } : {}),
    references,
  };
}

function row(row: ReportRow): Decoded<typeof rowSchema> {
  const { weightBits, activationBits, keptChannelsPercent, compressedBytes } = row;
  return {
    method: row.method,
    point: pointName(row),
    settingIdentity: row.settingIdentity,
    network: row.network,
    mu: row.mu ?? null,
    seeds: row.seeds,
    testAccuracyPercent: spread(row.accuracyPercent),
    relativeBopsPercent: spread(row.relativeBopsPercent),
    gbops: spread(row.gbops),
    weightBits: bits(weightBits),
    activationBits: activationBits === undefined ? null : bits(activationBits),
    keptChannelsPercent,
    compressedBytes: compressedBytes ?? null,
    onParetoFront: row.isOnFront,
    onFrontOfMethod: row.isOnOwnFront,
    ...(row.constantNetworks > 0 ? { constantNetworks: row.constantNetworks } : {}),
    runs: row.runs.map(({ folder }) => folder),
  };
}

function bits({ mean, lowest, highest }: BitsSummary): Decoded<typeof bitsSchema> {
  return { meanByMacs: mean ?? null, lowest, highest };
}
