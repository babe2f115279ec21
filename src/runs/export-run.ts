import { join } from 'node:path';
import { startOnCpu } from '../backend/start.js';
import { inScope } from '../compile/scope.js';
import { deploy, type Deployed } from '../deployment/deploy.js';
import type { FixedQuantizer } from '../deployment/network.js';
import { deviceTensors } from '../nn/device-tensor.js';
import { sizeOfAll } from '../nn/shapes.js';
import { betaOf, testTimeQuantizer, type QuantizerState } from '../training/quantizer-state.js';
import { packageVersion } from '../version.js';
import { writeWhole } from '../files/write-file.js';
import { readRun, type StoredRun } from './read-run.js';
import { newOrEmptyFolder } from './folder/run-folder.js';
import { encodeSafetensors } from '../files/safetensors.js';

export interface Exported {
  readonly folder: string;
  /** Of both files. */
  readonly bytes: number;
  readonly weights: number;
  /** Of the trained network. */
  readonly trainedWeights: number;
}

/**
 * Writes a run's network without its dropped channels and with whole weights: `network.json`, what
 * it does, and `network.safetensors`, its numbers. docs/export.md describes both.
 *
 * @param out a new or empty folder; else `export` in the run's
 * @throws UserError if the run cannot be read, or the folder has something in it
 */
export async function exportRun(runFolder: string, out?: string): Promise<Exported> {
  const run = await readRun(runFolder);
  await startOnCpu();
  const { network, tensors } = deployRun(run);
  const folder = await newOrEmptyFolder(out ?? join(runFolder, 'export'));

  const { name, classes, mean, std } = run.dataset;
  const description = {
    format: 'bbits network',
    version: 1,
    bbits: packageVersion(),
    tensors: tensorFile,
    dataset: { name, classes },
    input: {
      shape: network.imageShape,
      layout: 'height, width, channels',
      formula: '(pixel / 255 - mean) / std',
      mean,
      std,
    },
    network: network.name,
    steps: network.steps,
  };
  const json = `${JSON.stringify(description, null, 2)}\n`;
  const data = encodeSafetensors(tensors, {
    format: 'bbits network',
    layout: 'convolutions: rows, columns, input channels, output channels; dense: inputs, outputs',
  });
  await writeWhole(join(folder, tensorFile), data);
  await writeWhole(join(folder, 'network.json'), json);
  return {
    folder,
    bytes: data.byteLength + Buffer.byteLength(json),
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

const tensorFile = 'network.safetensors';
