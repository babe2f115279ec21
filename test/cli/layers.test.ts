import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { exportedAccuracyPercent } from '../helpers/exported-accuracy.js';
import { learnableSplit } from '../helpers/learnable-mnist.js';
import { bbits } from '../helpers/run-bbits.js';
import { smallRun } from '../helpers/small-run.js';
import { stored } from '../helpers/stored.js';
import { startWhatThereIs } from '../helpers/test-backend.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** One layer of each kind. */
const network = `model:
  layers:
    - { type: convolution, name: conv1, filters: 6, kernel: [5, 3], stride: [3, 2], padding: [1, 0], activation: relu6, batchNorm: folded }
    - type: residual
      name: block
      activation: none
      branch:
        - { type: convolution, name: expand, filters: 12, kernel: 1, batchNorm: unfolded, activation: relu6 }
        - { type: convolution, name: depthwise, filters: 12, kernel: 3, padding: same, groups: 12, batchNorm: unfolded, activation: relu6 }
        - { type: convolution, name: project, filters: 6, kernel: 1, batchNorm: unfolded }
    - { type: max-pool, size: 3, stride: 2, padding: 1 }
    - { type: convolution, name: grouped, filters: 8, kernel: 3, padding: valid, groups: 2, activation: none }
    - { type: average-pool, size: [2, 1], stride: 1, padding: same }
    - { type: flatten }
    - { type: dropout, rate: 0.1 }
    - { type: dense, name: fc, units: 10 }
`;
const settings = `mu: 0.02
gates: { initialPhi: { 2: 1, 4: 20, 8: 20 } }
optimizers: { gates: { learningRate: 0.3 }, weights: { learningRate: 1e-2 } }
training: { epochs: 3, batchSize: 20 }
backend: wasm
`;

let run: string;

beforeAll(async () => {
  await startWhatThereIs();
  run = await smallRun(network + settings);
});

test('a run with every kind of layer is reproduced byte for byte, evaluated and exported', async () => {
  const again = await smallRun(network + settings);
  const weights = (folder: string) => readFile(join(folder, 'weights.safetensors'));
  expect(await weights(again)).toEqual(await weights(run));

  const { testAccuracyPercent, layers, sums } = await stored(run, resultFile);
  const evaluated = await bbits(['evaluate', run, '--json'], process.env);
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ accuracyPercent: testAccuracyPercent });
  expect(await bbits(['export', run], process.env)).toMatchObject({ code: 0 });
  const exported = await exportedAccuracyPercent(join(run, 'export'), learnableSplit(110, 'test'));
  expect(exported).toBeCloseTo(testAccuracyPercent, 10);

  const [, expand, depthwise, , grouped] = layers;
  expect(depthwise).toMatchObject({ droppedWith: 'expand', keptChannels: expand?.keptChannels });
  expect(grouped).toMatchObject({ name: 'grouped', activationIsSigned: true });
  expect(sums).toMatchObject([{ name: 'block', activationIsSigned: true }]);
  expect(layers.filter((layer) => layer.activationIsSigned)).toHaveLength(1);
});

test('inspect shows kernels, strides and groups, of a config and of the run', async () => {
  const { stdout } = await bbits(['inspect', run], process.env);
  expect(stdout).toMatch(/^conv1 +5x3\/3x2 +9x13 /m);
  expect(stdout).toMatch(/^depthwise +3x3 in 12 +9x13 /m);
  expect(stdout).toMatch(/^grouped +3x3 in 2 +3x5 /m);

  const file = join(await temporaryFolder(), 'own.yaml');
  await writeFile(file, `dataset: mnist\n${network}`);
  const { stdout: json } = await bbits(['inspect', file, '--json'], process.env);
  const { layers, totals } = JSON.parse(json) as {
    layers: { name: string; macs: number }[];
    totals: object;
  };
  expect(layers.find(({ name }) => name === 'depthwise')).toMatchObject({
    kernel: [3, 3],
    stride: 1,
    padding: 1,
    groups: 12,
    macs: 9 * 13 * 12 * 9,
    droppedWith: 'expand',
  });
  expect(totals).toMatchObject({ channelGates: 6 + 12 + 6 + 8, weightQuantizers: 6 });
});

test('all layers that do not fit are reported with positions, before anything is written', async () => {
  const file = join(await temporaryFolder(), 'own.yaml');
  const text = `dataset: mnist\n${network}`
    .replace('groups: 2', 'groups: 4')
    .replace('flatten', 'avgpool');
  await writeFile(file, text);
  const types = await bbits(['inspect', file], process.env);
  expect(types.code).toBe(2);
  expect(types.stderr).toContain('own.yaml:15:15 model.layers.5.type: found "avgpool"');
  expect(types.stderr).toContain('did you mean average-pool?');

  await writeFile(file, text.replace('avgpool', 'average-pool').replace('units: 10', 'units: 9'));
  const { code, stderr } = await bbits(['inspect', file], process.env);
  expect(code).toBe(2);
  expect(stderr).toContain(
    'own.yaml:13:7 model.layers.3: convolution layer "grouped" reads [5, 7, 6]; expected a number of channels divisible by its 4 groups, for the 28x28x1 images of mnist',
  );
});
