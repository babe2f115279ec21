import { join } from 'node:path';
import { startOnCpu } from '../backend/start.js';
import type { Places } from '../config/places.js';
import { inScope } from '../compile/scope.js';
import { deploy, type Deployed } from '../deployment/deploy.js';
import type { Exporter, ExporterOptions } from '../deployment/exporters/exporter.js';
import type { FixedQuantizer } from '../deployment/network.js';
import { inspectNetwork } from '../inspection/network-inspection.js';
import { deviceTensors } from '../nn/device-tensor.js';
import { sizeOfAll } from '../nn/shapes.js';
import {
  betaOf,
  testTimeQuantizer,
  testTimeQuantizers,
  type QuantizerState,
} from '../training/quantizer-state.js';
import { checkedData } from './checked-data.js';
import { readRun, type StoredRun } from './read-run.js';
import { writeExport, type ExportBefore } from './folder/export-folder.js';

export interface Exported {
  readonly folder: string;
  /** Of all files. */
  readonly bytes: number;
  readonly weights: number;
  /** Of the trained network. */
  readonly trainedWeights: number;
  /** What its parameters take at their bits and at 32, in bytes, without anything around the numbers. */
  readonly parameterBytes: number;
  readonly parameterBytesAt32Bits: number;
  /** What was in the folder. */
  readonly before: ExportBefore;
}

export interface ExportOptions extends ExporterOptions {
  /** A new or empty folder, or one with an export; else `export` in the run's, see `exportFolder`. */
  readonly out?: string | undefined;
}

export interface NamedPlaces {
  /** Of its data or parent, to be sure that they are the run's. */
  readonly places?: Places;
}

/**
 * Writes a run's network in a format, without its dropped channels and with whole weights.
 *
 * @throws UserError if the run cannot be read, the format cannot hold its network, or the folder has
 *   something else in it
 */
export async function exportRun(
  runFolder: string,
  exporter: Exporter,
  { places = {}, ...options }: ExportOptions & NamedPlaces = {},
): Promise<Exported> {
  const run = await readRun(runFolder);
  // The network needs no data: what is named is compared, and nothing else.
  if (Object.keys(places).length > 0) await checkedData(run, places);
  await startOnCpu();
  return exportStored(run, exporter, options);
}

/** The same for a run that was read; TensorFlow has to be running. */
export async function exportStored(
  run: StoredRun,
  exporter: Exporter,
  { out = exportFolder(run.folder), ...options }: ExportOptions = {},
): Promise<Exported> {
  const deployed = deployRun(run);
  const files = exporter(deployed, run.record, options);
  const before = await writeExport(out, files);
  const { tensors } = deployed;
  const { totals } = inspectNetwork(run.plan, testTimeQuantizers(run.quantizers));
  return {
    folder: out,
    parameterBytes: totals.parameterBytes,
    parameterBytesAt32Bits: totals.parameterBytesAt32Bits,
    before,
    bytes: Object.values(files).reduce((sum, contents) => sum + Buffer.byteLength(contents), 0),
    weights: sizeOfAll(run.plan.layers.flatMap(({ weight }) => tensors[weight] ?? [])),
    trainedWeights: sizeOfAll(
      run.plan.layers.flatMap(({ weight }) => run.weights.get(weight) ?? []),
    ),
  };
}

/** Where a run's export goes unless a folder is named. @param format other than the default one */
export function exportFolder(runFolder: string, format?: string): string {
  return join(runFolder, format === undefined ? 'export' : `export-${format}`);
}

/** The bits are null of what is not rounded. */
function fixedBits(quantizer: QuantizerState): Omit<FixedQuantizer, 'beta'> {
  const { bits, keptChannels } = testTimeQuantizer(quantizer);
  return { bits: quantizer.site.rounded ? bits : null, keptChannels };
}

/** A run's network for inference; TensorFlow has to be running. */
export function deployRun(run: StoredRun): Deployed {
  const { plan, quantizers } = run;
  const fixed = quantizers.map(
    (quantizer) =>
      [quantizer.site.name, { ...fixedBits(quantizer), beta: betaOf(quantizer) }] as const,
  );
  return inScope(() => deploy(plan, deviceTensors(run.weights), new Map(fixed)));
}
