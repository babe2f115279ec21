import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metricsFile, type EpochMetrics } from '../../src/runs/folder/metrics-file.js';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import { createEventFile } from '../../src/runs/folder/tensorboard/event-file.js';
import { epochScalars } from '../../src/runs/folder/tensorboard/scalars.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { bbits } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { storedLines } from '../helpers/stored.js';
import { pythonWith } from './python.js';

type Scalars = Record<string, [step: number, value: number][]>;

/** What TensorBoard should show for these epochs: each number rounded to float32. */
function expected(epochs: readonly EpochMetrics[]): Scalars {
  const scalars: Scalars = {};
  for (const metrics of epochs) {
    for (const { tag, value } of epochScalars(metrics, hardConcrete)) {
      (scalars[tag] ??= []).push([metrics.epoch, Math.fround(value)]);
    }
  }
  return scalars;
}

test('TensorBoard reads the values of metrics.jsonl, and shows each epoch once after a run is resumed', async () => {
  const python = await pythonWith('tensorboard==2.21.0');
  const script = join(import.meta.dirname, 'read-events.py');
  const read = async (run: string) => JSON.parse(await python(script, run)) as Scalars;
  const folder = await temporaryFolder();
  const config = join(folder, 'small.yaml');
  const dataset = `{ name: mnist, path: ${await learnableMnist()} }`;
  await writeFile(
    config,
    `dataset: ${dataset}\nmodel: lenet5\nthreads: 2\ntraining: { epochs: 2, batchSize: 64 }\n`,
  );
  const run = join(folder, 'run');
  const { code, stderr } = await bbits(['train', config, '--out', run], process.env);
  expect(code, stderr).toBe(0);

  const epochs = await storedLines(run, metricsFile);
  const scalars = await read(run);
  expect(scalars).toEqual(expected(epochs));
  expect(scalars['loss/loss']).toEqual(epochs.map(({ epoch, loss }) => [epoch, Math.fround(loss)]));
  // Eight for each epoch; bits, range and four gates of seven quantizers; two for the channels of three of them
  // (all channels of the last layer are kept, since they are the classes).
  expect(Object.keys(scalars)).toHaveLength(8 + 7 * 6 + 3 * 2);

  // A run resumed at its second epoch, with other values to tell the two apart.
  const [first, second] = epochs as [EpochMetrics, EpochMetrics];
  const again = [
    { ...second, loss: second.loss + 1 },
    { ...second, epoch: 3 },
  ];
  const file = await createEventFile(run, 2, hardConcrete);
  for (const metrics of again) await file.addEpoch(metrics);
  expect(await read(run)).toEqual(expected([first, ...again]));
});
