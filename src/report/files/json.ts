import { z } from 'zod';
import { schemaText, withoutLimits } from '../../config/json-schema.js';
import { jsonFile, type Decoded } from '../../files/json-file.js';
import { parseJson } from '../../files/read-bounded.js';
import { latestFigures } from '../../runs/latest-figures.js';
import { comparisonJson, comparisonSchema, spread, spreadSchema } from './comparison-json.js';
import type { BitsSummary } from '../network-summary.js';
import { referenceSchema } from '../references.js';
import type { Report, ReportGroup } from '../report.js';
import { pointName, type ReportRow } from '../rows.js';

const bitsSchema = z.object({
  meanByMacs: z.number().nullable().describe('Weighted by multiply-accumulates; null: unknown'),
  lowest: z.number(),
  highest: z.number(),
});

const rowSchema = z.object({
  method: z.string().describe('Empty if all rows share one'),
  point: z.string().describe('Position on its method’s curve'),
  settingIdentity: z
    .string()
    .describe('A hash of everything that decides its runs’ results, except the seed'),
  network: z.string(),
  mu: z.number().nullable().describe('null: it has no effect'),
  seeds: z.array(z.int()),
  testAccuracyPercent: spreadSchema,
  validationAccuracyPercent: spreadSchema
    .exactOptional()
    .describe('On held-out images, by which rows are chosen; absent if there are none'),
  relativeBopsPercent: spreadSchema,
  gbops: spreadSchema.describe('10^9 bit operations for one image'),
  weightBits: bitsSchema,
  activationBits: bitsSchema.nullable().describe('null: no activation between layers'),
  keptChannelsPercent: z.number().describe('Percentage kept of the channels that can be dropped'),
  compressedBytes: z.number().nullable().describe('null: unknown'),
  onParetoFront: z.boolean(),
  onFrontOfMethod: z.boolean(),
  constantNetworks: z
    .int()
    .min(1)
    .exactOptional()
    .describe('Number of runs whose network has one output for all images; absent if 0'),
  runs: z.array(z.string()).describe('Folders of the runs, in the order of seeds and values'),
});

const groupSchema = z.object({
  title: z.string(),
  dataset: z.string(),
  oneSize: z.boolean().describe('Whether relative bit operations can be compared between rows'),
  chosenOnHeldOut: z.boolean().describe('Whether fronts are by accuracy on held-out images'),
  shared: z.array(z.string()).describe('Settings common to all rows'),
  details: z
    .record(z.string(), z.array(z.string()))
    .describe('Settings common to all rows of a method, by method'),
  rows: z.array(rowSchema),
  comparison: comparisonSchema
    .exactOptional()
    .describe('Comparison of the methods; absent unless requested'),
  references: z
    .array(z.object({ ...referenceSchema.shape, gbops: z.number() }))
    .describe('Published results'),
});

const schema = z.object({
  format: z.literal(2),
  writtenBy: z.literal('bbits report').describe('Identifies a folder as a report’s'),
  groups: z.array(groupSchema).describe('One for each table'),
  unfinished: z.array(
    z.object({
      folder: z.string(),
      status: z.string(),
      reason: z.string().nullable(),
      epochs: z.int(),
    }),
  ),
  runAgain: z
    .array(z.object({ folder: z.string(), status: z.string() }))
    .describe('Runs that ended early, where another run of the same config and seed has finished'),
  notes: z.array(z.string()),
  bopsDefinition: z.string().describe('How bit operations are counted, in words'),
});

/** `pareto.json`, also the output of `bbits report --json`: the tables as unrounded numbers. */
export const reportFile = jsonFile('pareto.json', 2 ** 28, schema);

/** The file's JSON Schema (draft 2020-12), as the text of configs/report-schema.json. */
export function reportJsonSchema(): string {
  const title = 'pareto.json of bbits report';
  return schemaText({ title, ...z.toJSONSchema(schema, { override: withoutLimits }) });
}

/** Whether a text is a report, written by any version of bbits. */
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
    format: 2,
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
    ...(row.validationPercent ? { validationAccuracyPercent: spread(row.validationPercent) } : {}),
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
