import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { mnistShape } from '../helpers/fake-record.js';
import { stored } from '../helpers/stored.js';
import { fakeRun } from '../helpers/fake-run.js';
import { smallNetwork } from '../helpers/small-network.js';
import { smallRun } from '../helpers/small-run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { inspectJson, runInspect } from './run-inspect.js';

const written = () =>
  fakeRun('dataset: mnist\nmodel: lenet5\n', mnistShape, ({ name }) => {
    if (name === 'conv1/weight') return { bits: 2, dropped: 1 };
    if (name === 'conv2/weight') return { bits: 8, dropped: 21 };
    return { bits: name === 'conv1/activation' ? 16 : 4 };
  });

test('a run is shown with its learned bits and channels', async () => {
  const folder = await written();
  const { code, stdout } = await runInspect(folder);
  expect(code).toBe(0);
  expect(stdout).toContain(`\nBits and channels of the run in ${folder}\n`);
  expect(stdout).toMatch(/^conv1 {2}5x5 +24x24 +31\/32 +832 +461 k +8 +2 +16 +7.14 M$/m);
  expect(stdout).toMatch(/^conv2 {2}5x5 +8x8 +43\/64 +51.3 k +3.28 M +16 +8 +4 +273 M$/m);
  expect(stdout).toContain('Channel gates       608, 586 of them open\n');

  const { bits, source, totals } = await inspectJson(folder);
  expect({ bits, source }).toEqual({ bits: 'learned', source: { type: 'run', path: folder } });
  const bops =
    (460_800 * 8 * 2 * 31) / 32 +
    (3_276_800 * 16 * 8 * 31 * 43) / (32 * 64) +
    (524_288 * 4 * 4 * 43) / 64 +
    5120 * 4 * 4;
  expect(totals.bops).toBeCloseTo(bops, 3);
});

test('a run keeps its channels with --bits', async () => {
  const folder = await written();
  const { stdout } = await runInspect(folder, '--bits', 'w8a8');
  expect(stdout).toContain(`\nAt w8a8, with the channels of the run in ${folder}\n`);
  expect(stdout).toMatch(/^conv1 .* 31\/32 .* 8 +8 +8 +28.6 M$/m);
  const full = await inspectJson(folder, '--bits', 'w32a32');
  expect(full.layers[0]).toMatchObject({ inputBits: 32, keptChannels: 31 });
  expect(full.totals.parameterBytes).toBeLessThan(full.totals.parameterBytesAt32Bits);
});

test('a trained run has the bit operations of its result.json', async () => {
  // A high gate learning rate, so that some gates close.
  const folder = await smallRun(`${smallNetwork}optimizers: { gates: { learningRate: 0.3 } }
training: { epochs: 1, batchSize: 10 }
`);
  const result = await stored(folder, resultFile);
  const { totals, layers } = await inspectJson(folder);
  expect(totals).toMatchObject({
    gbops: result.gbops,
    relativeBopsPercent: result.relativeBopsPercent,
  });
  expect(layers).toMatchObject(
    result.layers.map(({ name, weightBits, activationBits, keptChannels, bops }) => {
      return { name, weightBits, activationBits, keptChannels, bops };
    }),
  );
  expect(totals.relativeBopsPercent).toBeLessThan(6.25);
});

test('a run takes no overrides, exit 2', async () => {
  const folder = await written();
  const { code, stdout, stderr } = await runInspect(folder, 'seed=2', 'mu=1');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    `${folder}: found overrides (seed=2 mu=1) for a run, expected none: a run is shown as it ` +
      `is. To inspect a changed config: bbits inspect ${join(folder, 'config.yaml')} seed=2 mu=1\n`,
  );
});

test('a folder without a run is reported as such, exit 1', async () => {
  const folder = await temporaryFolder();
  const { code, stdout, stderr } = await runInspect(folder);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(`${folder}: expected the folder of a run`);
  expect(stderr).toContain('found no run.json in it');
});
