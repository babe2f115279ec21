import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startOnCpu } from '../../src/backend/start.js';
import { gatedBitWidths } from '../../src/bayesian-bits/gates.js';
import { prices } from '../../src/bayesian-bits/prices.js';
import { parseConfig } from '../../src/config/config.js';
import { batchMaker } from '../../src/data/batch-maker.js';
import { loadDataset } from '../../src/data/load.js';
import { deviceTensors } from '../../src/nn/device-tensor.js';
import type { Plan, QuantizerSite } from '../../src/nn/plan.js';
import { product } from '../../src/nn/shapes.js';
import { randomStream, type RandomStream } from '../../src/random.js';
import { writeConfig } from '../../src/runs/folder/config-file.js';
import { datasetRecord, runRecord, writeRecord } from '../../src/runs/folder/record-file.js';
import { writeWeights } from '../../src/runs/folder/weights-file.js';
import { trainedWeights } from '../../src/runs/trained-weights.js';
import { setUpGates } from '../../src/setup/gate-setup.js';
import { planFor } from '../../src/setup/plan-for-config.js';
import { createLearner } from '../../src/training/learner.js';
import { adamW } from '../../src/training/optimizers/optimizers.js';
import { noNoise, phiOf, withPhi } from '../../src/training/quantizer-state.js';
import { header, labelsFile } from '../data/idx-files.js';
import { temporaryFolder } from './temporary-folder.js';

/** The learned state of a quantizer of a made run. */
export interface Settled {
  /** Default: as in its config. */
  readonly bits?: number;
  /** Whether a channel is dropped; default: none is. */
  readonly dropped?: (channel: number) => boolean;
}

const rangeImages = 40;

/**
 * A run's folder with an untrained network: weights, scales and shifts are random, and ranges are initialized
 * from images, as in training. It is removed when the test ends.
 *
 * @param text a config without its data set
 * @param imageShape shape of the images, which are random
 */
export async function madeRun(
  text: string,
  imageShape: readonly [number, number, number],
  settle: (site: QuantizerSite) => Settled = () => ({}),
  testImages = 60,
): Promise<string> {
  const folder = await temporaryFolder();
  const images = join(folder, 'images');
  await mkdir(images);
  await writeImages(images, imageShape, testImages);
  const data = `dataset: { path: ${images}, classes: 10, mean: [${imageShape[2] === 1 ? '0.5' : '0.5, 0.5, 0.5'}] }\n`;
  const config = parseConfig(data + text, 'made.yaml');
  const dataset = await loadDataset(config.dataset);
  const backend = await startOnCpu();
  const plan = planFor(config.model, dataset);
  const initial = randomVariables(plan, randomStream(3, 'made run'));
  const adam = { learningRate: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const learner = createLearner(
    {
      plan,
      gates: setUpGates(plan, config),
      price: prices.bops,
      optimizers: { weights: adamW(adam), gates: adam, ranges: adam },
      batchSizes: [],
      evaluationSizes: [],
      rangeImages,
      mode: 'eager',
    },
    initial,
  );
  tf.dispose(initial);
  const indices = Uint32Array.from({ length: rangeImages }, (_, at) => at);
  const batch = batchMaker(dataset, rangeImages)(dataset.train, indices);
  learner.initializeRanges(batch.images, noNoise);
  learner.setQuantizers(
    learner.quantizers().map((quantizer) => {
      const { bits, dropped = () => false } = settle(quantizer.site);
      const before = phiOf(quantizer);
      return withPhi(quantizer, {
        channels: before.channels.map((phi, channel) => (dropped(channel) ? -6 : phi)),
        bits: bits === undefined ? before.bits : gatedBitWidths.map((w) => (w <= bits ? 6 : -6)),
      });
    }),
  );
  const weights = trainedWeights({
    weights: () => learner.state(),
    quantizers: () => learner.quantizers(),
  });
  const run = join(folder, 'run');
  await mkdir(run);
  await writeConfig(run, config);
  await writeRecord(run, runRecord(config.seed, backend, datasetRecord(dataset)));
  await writeWeights(run, weights);
  learner.dispose();
  return run;
}

/** Random variables, so that none is 0 or 1 by construction; scales of batch norms have both signs. */
export function randomVariables(plan: Plan, stream: RandomStream) {
  const value = (name: string, shape: readonly number[]) => {
    if (name.endsWith('variance')) return 0.5 + stream.uniform();
    if (name.endsWith('scale')) return stream.uniform() < 0.2 ? -1 : 0.5 + stream.uniform();
    return stream.normal() * (shape.length > 1 ? Math.sqrt(2 / product(shape.slice(0, -1))) : 0.1);
  };
  return deviceTensors(
    [...plan.variables, ...plan.statistics].map(({ name, shape }) => {
      const values = Float32Array.from({ length: product(shape) }, () => value(name, shape));
      return [name, { shape, values }] as const;
    }),
  );
}

/** Write images of each class, scattered around the class's own pattern, as IDX files. */
async function writeImages(
  folder: string,
  imageShape: readonly [number, number, number],
  testCount: number,
): Promise<void> {
  const stream = randomStream(7, 'images');
  const patterns = Uint8Array.from({ length: 10 * product(imageShape) }, () => stream.integer(128));
  for (const [name, count] of [
    ['train', rangeImages],
    ['t10k', testCount],
  ] as const) {
    const labels = Array.from({ length: count }, (_, at) => at % 10);
    const size = product(imageShape);
    const pixels = Uint8Array.from({ length: count * size }, (_, at) => {
      const label = labels[Math.floor(at / size)] ?? 0;
      return (patterns[label * size + (at % size)] ?? 0) + stream.integer(128);
    });
    const images = Buffer.concat([header(count, ...imageShape), pixels]);
    await writeFile(join(folder, `${name}-images-idx4-ubyte`), images);
    await writeFile(join(folder, `${name}-labels-idx1-ubyte`), labelsFile(labels));
  }
}
