import { beforeAll, describe, expect, test } from 'vitest';
import type { IntegerEvaluation } from '../../src/runs/integers/evaluate-integers.js';
import { cutOffRun, neededFiles } from '../helpers/cut-off-run.js';
import { madeRun } from '../helpers/made-run.js';
import { bbits } from '../helpers/run-bbits.js';
import { smallNetwork } from '../helpers/small-network.js';

const digits = [28, 28, 1] as const;
let run: string;

beforeAll(async () => {
  run = await madeRun(smallNetwork, digits, ({ kind }) => ({ bits: kind === 'weights' ? 2 : 4 }));
});

const evaluate = (folder: string, ...args: string[]) =>
  bbits(['evaluate', folder, ...args], process.env);

test('integers give the same classes as floats, and the output shows the bits of sums', async () => {
  const { code, stdout, stderr } = await evaluate(run, '--integer');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const inFloats = await evaluate(run, '--json');
  const { accuracyPercent } = JSON.parse(inFloats.stdout) as IntegerEvaluation;
  const accuracy = `${accuracyPercent.toFixed(2)} %`;
  expect(stdout).toContain(
    `60 test images in integers, from pixels to logits\n` +
      `${accuracy} accuracy, ${accuracy} in floats, 0 images classified differently\n`,
  );
  // At most 255 times 25 weights of 1, fewer in fact.
  expect(stdout).toMatch(/^conv1 +2 bits +8 bits +13 bits +29 bits$/m);
  expect(stdout).toMatch(/^fc +2 bits +4 bits +\d+ bits +\d+ bits$/m);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('--images takes the first images, --json prints everything', async () => {
  const { code, stdout } = await evaluate(run, '--integer', '--images', '7', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ run, split: 'test', images: 7, explained: [] });
  const training = await evaluate(run, '--integer', '--images', '900', '--split', 'training');
  expect(training.stdout).toContain('40 training images in integers');
});

describe('evaluation in integers is refused', () => {
  test('with a 32-bit tensor, which the error names', async () => {
    const wide = await madeRun(smallNetwork, digits, ({ name }) => ({
      bits: name === 'conv2/activation' ? 32 : 8,
    }));
    expect(await evaluate(wide, '--integer')).toEqual({
      code: 2,
      stdout: '',
      stderr: `--integer: expected weights and activations of 2 to 16 bits, found conv2/activation at 32 bits: ${wide}. Evaluate it without --integer.\n`,
    });
  });

  test('in full precision', async () => {
    const full = await madeRun(
      `${smallNetwork}quantization: { weights: none, activations: none }\n`,
      digits,
    );
    const { code, stderr } = await evaluate(full, '--integer');
    expect(code).toBe(2);
    expect(stderr).toContain('found conv1/weight in full precision, conv1/activation in full');
  });

  test.each([
    ['--images 5', '--images: found "5" without --integer, expected both\n'],
    ['--integer --images 0', '--images: found "0", expected a whole number of at least 1\n'],
    ['--integer --images 1e3', '--images: found "1e3", expected a whole number of at least 1\n'],
  ])('%s', async (args, stderr) => {
    expect(await evaluate(run, ...args.split(' '))).toEqual({ code: 2, stdout: '', stderr });
  });

  test.each(['--bits w4a4', '--gates sampled'])('combined with %s', async (args) => {
    const { code, stdout, stderr } = await evaluate(run, '--integer', ...args.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--integer');
  });

  test.each(neededFiles)('for a run with a truncated %s', async (name) => {
    const damaged = await cutOffRun(run, name);
    const { code, stdout, stderr } = await evaluate(damaged, '--integer');
    expect(code).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(name);
    expect(stderr).not.toContain('    at ');
  });
});

test('help shows --integer, in 80 columns', async () => {
  const { stdout } = await bbits(['evaluate', '--help'], process.env);
  expect(stdout).toContain('--integer');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
