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
  /** Total size of all files. */
  readonly bytes: number;
  readonly weights: number;
  /** Number of weights of the trained network. */
  readonly trainedWeights: number;
  /** Size of the parameters alone, at their bits and at 32. */
  readonly parameterBytes: number;
  readonly parameterBytesAt32Bits: number;
  /** Previous contents of the folder. */
  readonly before: ExportBefore;
}

export interface ExportOptions extends ExporterOptions {
  /** A new or empty folder, or one with an export; default: `exportFolder` of the run. */
  readonly out?: string | undefined;
}

export interface NamedPlaces {
  /** Folders of the run's data, parent or teacher, to be compared with its record. */
  readonly places?: Places;
}

/**
 * Export a run's network in a format, without dropped channels and with integer weights.
 *
 * @throws UserError if the run cannot be read, the format does not support its network, or the folder
 *   contains other files
 */
export async function exportRun(
  runFolder: string,
  exporter: Exporter,
  { places = {}, ...options }: ExportOptions & NamedPlaces = {},
): Promise<Exported> {
  const run = await readRun(runFolder);
  // Exporting needs no data: places are only compared with the record.
  if (Object.keys(places).length > 0) await checkedData(run, places);
  await startOnCpu();
  return exportStored(run, exporter, options);
}

/** Export a run that is already read; TensorFlow must be running. */
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

/** Default folder of a run's export. @param format undefined for the default format */
export function exportFolder(runFolder: string, format?: string): string {
  return join(runFolder, format === undefined ? 'export' : `export-${format}`);
}

/** A quantizer's bits, null if it does not round, and its kept channels. */
function fixedBits(quantizer: QuantizerState): Omit<FixedQuantizer, 'beta'> {
  const { bits, keptChannels } = testTimeQuantizer(quantizer);
  return { bits: quantizer.site.rounded ? bits : null, keptChannels };
}

/** Build a run's network for inference; TensorFlow must be running. */
export function deployRun(run: StoredRun): Deployed {
  const { plan, quantizers } = run;
  const fixed = quantizers.map(
    (quantizer) =>
      [quantizer.site.name, { ...fixedBits(quantizer), beta: betaOf(quantizer) }] as const,
  );
  return inScope(() => deploy(plan, deviceTensors(run.weights), new Map(fixed)));
}
