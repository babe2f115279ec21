import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { inspectTable } from '../../src/cli/output/inspect-table.js';
import { inspectConfig } from '../../src/inspection/inspect-config.js';
import { parseUniformBits } from '../../src/inspection/uniform-bits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { inspectJson, runInspect } from './run-inspect.js';

let config: string;

beforeEach(async () => {
  config = join(await temporaryFolder(), 'small.yaml');
  await writeFile(config, 'dataset: mnist\nmodel: lenet5\n');
});

describe('a config', () => {
  test('is shown as a table of layers, totals and the definition of BOPs, without TensorFlow', async () => {
    expect(await runInspect(config, '--bits', 'w4a8')).toEqual({
      code: 0,
      stderr: '',
      stdout: `lenet5 for the 28x28x1 images and 10 classes of mnist
At w4a8
In, W, Out: bits of a layer’s inputs, weights and outputs.

Layer  Kernel  Output  Channels  Params    MACs  In  W  Out    BOPs
conv1  5x5      24x24        32   832     461 k   8  4    8  14.7 M
conv2  5x5        8x8        64  51.3 k  3.28 M   8  4    8   105 M
fc1    dense                512   525 k   524 k   8  4    8  16.8 M
fc2    dense                 10  5.13 k  5.12 k   8  4        164 k

Parameters          582 k (582,026)
MACs                4.27 M (4,267,008)
BOPs                137 M, 3.13 % of full precision
Quantizers          4 of weights, 3 of activations
Channel gates       608
Parameter memory    2.33 MB at 32 bits, 293 kB as shown
Largest activation  73.7 kB at 32 bits, 18.4 kB as shown
Learned             581 k weights, 618 biases, 608 channel gates, 28 bit gates,
                    7 ranges

BOPs = sum over layers of MACs * weight bits * input bits * kept output channels
/ all * kept input channels / all, for one image; the network’s input has 8
bits, or 32 where nothing is quantized. Relative BOPs: percent of the same at 32
bits with all channels.
`,
    });
  });

  test('is in full precision unless --bits says otherwise', async () => {
    const { stdout } = await runInspect(config);
    expect(stdout).toContain('\nAt full precision, 32 bits\n');
    expect(stdout).toMatch(/^conv1 .* 32 {2}32 {3}32 {3}472 M$/m);
    expect(stdout).toContain('BOPs                4.37 G, 100 % of full precision\n');
    expect(stdout).toContain('Parameter memory    2.33 MB at 32 bits\n');
    expect(await runInspect(config, '--bits', 'w32a32')).toMatchObject({ code: 0, stdout });
  });

  test.each([
    ['w8a8', 6.25, '273 M, 6.25 %'],
    ['w4a4', 1.7312, '75.6 M, 1.73 %'],
    ['w32a32', 100, '4.37 G, 100 %'],
  ])('at %s has relative BOPs of %d percent', async (bits, percent, text) => {
    const inspection = await inspectJson(config, '--bits', bits);
    expect(inspection.bits).toBe(bits);
    expect(inspection.totals.relativeBopsPercent).toBeCloseTo(percent, 4);
    const { stdout } = await runInspect(config, '--bits', bits);
    expect(stdout).toContain(`BOPs                ${text} of full precision\n`);
  });

  test('lists which parameters are learned, fixed and absent', async () => {
    const parameters = async (...overrides: string[]) =>
      Object.fromEntries(
        (await inspectJson(config, ...overrides)).parameters.map(({ kind, learned, fixed }) => [
          kind,
          [learned, fixed],
        ]),
      );
    expect(await parameters()).toEqual({
      weights: [581_408, 0],
      biases: [618, 0],
      'channel gates': [608, 0],
      'bit gates': [28, 0],
      ranges: [7, 0],
    });
    expect(await parameters('quantization={weights: 8, activations: 8}')).toMatchObject({
      'channel gates': [608, 0],
      'bit gates': [0, 28],
    });
    expect(
      await parameters('quantization={weights: none, activations: none, channels: all}'),
    ).toMatchObject({ 'channel gates': [0, 0], 'bit gates': [0, 0], ranges: [0, 0] });
    expect(await parameters('quantization={smallest: 4, largest: 8}')).toMatchObject({
      'bit gates': [7, 21],
    });
    expect(await parameters('training.learns=[ranges]')).toMatchObject({
      weights: [0, 581_408],
      ranges: [7, 0],
    });
    const { stdout } = await runInspect(
      config,
      'quantization={weights: 8, activations: 8, channels: all}',
    );
    expect(stdout).toContain(
      'Fixed               28 bit gates\nAbsent              channel gates\n',
    );
    expect(stdout).toContain('At the config’s fixed bits, with all channels\n');
    expect(stdout).toContain('273 M, 6.25 % of full precision\n');
  });

  test('takes overrides, and needs no files of a named data set', async () => {
    const inspection = await inspectJson(config, 'model=resnet20', 'dataset=cifar100');
    expect(inspection).toMatchObject({
      source: { type: 'config', path: config },
      network: 'resnet20',
      dataset: { name: 'cifar100', classes: 100, imageShape: [32, 32, 3] },
      totals: { parameters: 269_722 + 90 * 65, macs: 40_550_400 + 6400 },
    });
    expect(inspection.layers.find(({ name }) => name === 'stage2-1-conv1')).toMatchObject({
      type: 'convolution',
      kernel: [3, 3],
      stride: 2,
      padding: 1,
      outputShape: [16, 16, 32],
      parameters: 16 * 9 * 32 + 2 * 32,
    });
  });

  test.each(['lenet5', 'vgg7', 'resnet18', 'resnet20', 'resnet56'])(
    'of %s fits into 80 columns',
    async (model) => {
      const dataset = model === 'lenet5' ? 'mnist' : 'cifar10';
      for (const bits of ['w32a32', 'w16a16', 'w2a8']) {
        const overrides = [`model=${model}`, `dataset=${dataset}`];
        const found = await inspectConfig(config, overrides, parseUniformBits(bits, '--bits'));
        const lines = inspectTable(found, 80).split('\n');
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
        expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
      }
    },
  );
});

describe('bad usage exits 2 and says what was expected', () => {
  test.each([
    ['w3a4', '--bits: found "w3a4", expected wXaY with X bits for weights and Y for activations'],
    ['8', '--bits: found "8", expected wXaY'],
  ])('--bits %s', async (bits, message) => {
    const { code, stdout, stderr } = await runInspect(config, '--bits', bits);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('a missing or invalid config, or one whose model does not fit', async () => {
    expect(await runInspect('no-such.yaml')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'no-such.yaml: found no such file, expected a config in YAML\n',
    });
    const wrong = await runInspect(config, 'model=lenet6', '--json');
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('command line: model.name: found "lenet6"');
    const misfit = await runInspect(config, 'model=vgg7');
    expect(misfit).toMatchObject({ code: 2, stdout: '' });
    expect(misfit.stderr).toContain('found vgg7, which does not fit the 28x28x1 images of mnist');
  });

  test('no argument, or an unknown option', async () => {
    expect(await runInspect()).toMatchObject({ code: 2, stdout: '' });
    expect(await runInspect(config, '--bit', 'w8a8')).toMatchObject({ code: 2, stdout: '' });
  });
});

test('help has examples and fits into 80 columns', async () => {
  const { code, stdout } = await runInspect('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('Examples:\n  bbits inspect configs/quickstart.yaml');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
