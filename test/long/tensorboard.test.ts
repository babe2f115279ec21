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

/** What TensorBoard should show of these epochs: every number as the nearest float32. */
function expected(epochs: readonly EpochMetrics[]): Scalars {
  const scalars: Scalars = {};
  for (const metrics of epochs) {
    for (const { tag, value } of epochScalars(metrics, hardConcrete)) {
      (scalars[tag] ??= []).push([metrics.epoch, Math.fround(value)]);
    }
  }
  return scalars;
}

test('TensorBoard reads what metrics.jsonl says, and shows each epoch once where a run went on', async () => {
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
  // Eight of an epoch; of seven quantizers bits, range and four gates; of three the channels' two (the
  // last layer's channels are the classes, which all stay).
  expect(Object.keys(scalars)).toHaveLength(8 + 7 * 6 + 3 * 2);

  // A run that goes on at its second epoch, whose numbers are other ones here to tell them apart.
  const [first, second] = epochs as [EpochMetrics, EpochMetrics];
  const again = [
    { ...second, loss: second.loss + 1 },
    { ...second, epoch: 3 },
  ];
  const file = await createEventFile(run, 2, hardConcrete);
  for (const metrics of again) await file.addEpoch(metrics);
  expect(await read(run)).toEqual(expected([first, ...again]));
});
