import { join } from 'node:path';
import { startOnCpu } from '../backend/start.js';
import type { Places } from '../config/places.js';
import { inScope } from '../compile/scope.js';
import { deploy, type Deployed } from '../deployment/deploy.js';
import type { Exporter } from '../deployment/exporters/exporter.js';
import type { FixedQuantizer } from '../deployment/network.js';
import { deviceTensors } from '../nn/device-tensor.js';
import { sizeOfAll } from '../nn/shapes.js';
import { betaOf, testTimeQuantizer, type QuantizerState } from '../training/quantizer-state.js';
import { writeWhole } from '../files/write-file.js';
import { checkedData } from './checked-data.js';
import { readRun, type StoredRun } from './read-run.js';
import { newOrEmptyFolder } from './folder/run-folder.js';

export interface Exported {
  readonly folder: string;
  /** Of all files. */
  readonly bytes: number;
  readonly weights: number;
  /** Of the trained network. */
  readonly trainedWeights: number;
}

/**
 * Writes a run's network in a format, without its dropped channels and with whole weights.
 *
 * @param places of its data or parent, to be sure that they are the run's
 * @param out a new or empty folder; else `export` in the run's
 * @throws UserError if the run cannot be read, the format cannot hold its network, or the folder has
 *   something in it
 */
export async function exportRun(
  runFolder: string,
  exporter: Exporter,
  out?: string,
  places: Places = {},
): Promise<Exported> {
  const run = await readRun(runFolder);
  // The network needs no data: what is named is compared, and nothing else.
  if (Object.keys(places).length > 0) await checkedData(run, places);
  await startOnCpu();
  const deployed = deployRun(run);
  const files = Object.entries(exporter(deployed, run.record));
  const folder = await newOrEmptyFolder(out ?? join(runFolder, 'export'));
  for (const [name, contents] of files) await writeWhole(join(folder, name), contents);
  const { tensors } = deployed;
  return {
    folder,
    bytes: files.reduce((sum, [, contents]) => sum + Buffer.byteLength(contents), 0),
    weights: sizeOfAll(run.plan.layers.flatMap(({ weight }) => tensors[weight] ?? [])),
    trainedWeights: sizeOfAll(
      run.plan.layers.flatMap(({ weight }) => run.weights.get(weight) ?? []),
    ),
  };
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
