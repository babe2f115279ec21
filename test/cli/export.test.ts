import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { stored } from '../helpers/stored.js';
import { exporters } from '../../src/deployment/exporters/exporters.js';
import { exportedAccuracyPercent } from '../helpers/exported-accuracy.js';
import { learnableSplit } from '../helpers/learnable-mnist.js';
import { startWhatThereIs } from '../helpers/test-backend.js';
import { readExport } from '../helpers/read-export.js';
import { bbits } from '../helpers/run-bbits.js';
import { smallRun } from '../helpers/small-run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const formats = Object.keys(exporters);

/** A run in which some channels are dropped. */
let run: string;

beforeAll(async () => {
  await startWhatThereIs();
  run = await smallRun(`model:
  layers:
    - { type: convolution, name: conv1, filters: 6, kernel: 5, stride: 3, batchNorm: folded }
    - { type: flatten }
    - { type: dense, name: fc1, units: 64 }
    - { type: dense, name: fc2, units: 10 }
mu: 0.02
gates: { initialPhi: { 2: 1, 4: 20, 8: 20 } }
optimizers: { gates: { learningRate: 0.3 } }
training: { epochs: 5, batchSize: 20 }
backend: wasm
`);
});

test('an exported network classifies the test images like the run, from its two files alone', async () => {
  const { code, stdout, stderr } = await bbits(['export', run], process.env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /^[\d.]+ k of 25\.4 k weights \([\d.]+ %\)\nSize +Bytes +Share\nas written /,
  );
  expect(stdout).toContain(`The network is in ${join(run, 'export')}\n`);
  expect(await readdir(join(run, 'export'))).toEqual(['network.json', 'network.safetensors']);

  const { tensors } = await readExport(join(run, 'export'));
  const fc1 = tensors['fc1/weight'];
  expect(fc1?.values).toBeInstanceOf(Int8Array);
  expect(fc1?.shape[1]).toBeLessThan(64);

  const accuracyPercent = await exportedAccuracyPercent(
    join(run, 'export'),
    learnableSplit(110, 'test'),
  );
  const result = await stored(run, resultFile);
  expect(accuracyPercent).toBeCloseTo(result.testAccuracyPercent, 10);
  // Better than chance, or the comparison would mean little.
  expect(accuracyPercent).toBeGreaterThan(20);
});

test('an export of the same network is up to date, one of another network is moved aside', async () => {
  const longer = join(await temporaryFolder(), 'run');
  await cp(run, longer, { recursive: true });
  const out = join(longer, 'export');
  const exportIt = () => bbits(['export', longer], process.env);
  expect(await exportIt()).toMatchObject({ code: 0 });
  const network = join(out, 'network.safetensors');
  const before = await readFile(network);
  expect((await exportIt()).stdout).toContain(`The network is already in ${out}, up to date\n`);

  const extended = await bbits(['resume', longer, '--extend', '1'], process.env);
  expect(extended.stdout).toContain(
    `${out} holds the network from before these epochs. To update it: bbits export ${longer}\n`,
  );
  const { code, stdout } = await exportIt();
  expect(code).toBe(0);
  expect(stdout).toContain(`The earlier export differs; it was moved to ${out}.stale-1\n`);
  expect(before.equals(await readFile(join(`${out}.stale-1`, 'network.safetensors')))).toBe(true);
  expect(before.equals(await readFile(network))).toBe(false);
  expect((await exportIt()).stdout).toContain('up to date');

  // An incomplete export is moved aside too.
  await truncate(network, 100);
  expect((await exportIt()).stdout).toContain(`it was moved to ${out}.stale-2\n`);
  await writeFile(join(out, 'notes'), '');
  const refused = await exportIt();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    `${out}: found a folder with 3 files in it, expected a new or empty one`,
  );
});

test('a folder without a run or with a damaged one is refused in one line', async () => {
  const empty = await temporaryFolder();
  const none = await bbits(['export', empty], process.env);
  expect(none.code).toBe(1);
  expect(none.stderr).toBe(
    `${empty}: expected the folder of a run with at least one finished epoch, found no run.json in it. ` +
      'Name a folder that bbits train has written.\n',
  );

  const damaged = join(await temporaryFolder(), 'run');
  await cp(run, damaged, { recursive: true });
  await rm(join(damaged, 'export'), { recursive: true, force: true });
  await truncate(join(damaged, 'weights.safetensors'), 50_000);
  const { code, stderr } = await bbits(['export', damaged], process.env);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /weights\.safetensors: expected a safetensors file, found offsets of ".*" that do not fit/,
  );
  expect(await readdir(damaged)).not.toContain('export');
});

test('a run kept without its weights is reported as such', async () => {
  const kept = join(await temporaryFolder(), 'run');
  await cp(run, kept, { recursive: true });
  await rm(join(kept, 'weights.safetensors'));
  const { code, stderr } = await bbits(['export', kept], process.env);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `${kept}: expected a run with its weights.safetensors, found one of 5 epochs whose weights were not kept. ` +
      `To train the run again: bbits train ${join(kept, 'config.yaml')}\n`,
  );
});

test.each(['numpy', 'toString'])('the unknown format %s is bad usage', async (format) => {
  const expected = formats.length === 1 ? formats.join() : `one of: ${formats.join(', ')}`;
  expect(await bbits(['export', 'run', '--format', format], process.env)).toEqual({
    code: 2,
    stdout: '',
    stderr: `--format: found ${format}, expected ${expected}\n`,
  });
});
