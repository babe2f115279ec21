import { expect, test } from 'vitest';
import { bbits, type Ended } from '../helpers/run-bbits.js';
import { learnableSplit } from '../helpers/learnable-mnist.js';
import { tinyNetwork } from '../helpers/small-network.js';
import { smallRun } from '../helpers/small-run.js';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { stored } from '../helpers/stored.js';

/** Train a run of one epoch with these settings. */
const runWith = (settings = '') =>
  smallRun(`${tinyNetwork}training: { epochs: 1, batchSize: 32 }
${settings}`);

const evaluate = (run: string, ...args: string[]): Promise<Ended> =>
  bbits(['evaluate', run, ...args], process.env);

interface Evaluated {
  readonly images: number;
  readonly bits: string;
  readonly accuracyPercent: number;
  readonly crossEntropy: number;
  readonly relativeBopsPercent: number | null;
  readonly classAccuracyPercent: (number | null)[];
  readonly confusion: number[][];
  readonly labels: number[];
  readonly predictions: number[];
}

async function evaluated(run: string, ...args: string[]): Promise<Evaluated> {
  const { code, stdout } = await evaluate(run, ...args, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Evaluated;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

test('reproduces the final results of a run', async () => {
  const run = await runWith();
  const result = await stored(run, resultFile);
  const found = await evaluated(run);
  expect(found).toMatchObject({
    images: 110,
    bits: 'learned',
    accuracyPercent: result.testAccuracyPercent,
    relativeBopsPercent: result.relativeBopsPercent,
  });
  expect(found.crossEntropy).toBeCloseTo(result.testCrossEntropy, 12);
  expect(sum(found.confusion.flat())).toBe(110);
  const correct = sum(found.confusion.map((row, index) => row[index] ?? 0));
  expect((100 * correct) / 110).toBeCloseTo(found.accuracyPercent, 10);
  found.classAccuracyPercent.forEach((accuracy, index) => {
    const row = found.confusion[index] ?? [];
    expect(accuracy).toBeCloseTo((100 * (row[index] ?? 0)) / sum(row), 10);
  });

  expect(found.labels).toEqual([...learnableSplit(110, 'test').labels]);
  const byClass = found.confusion.map((row) => row.map(() => 0));
  found.labels.forEach((label, image) => {
    const [row, predicted] = [byClass[label] ?? [], found.predictions[image] ?? NaN];
    row[predicted] = (row[predicted] ?? NaN) + 1;
  });
  expect(byClass).toEqual(found.confusion);

  const { stdout } = await evaluate(run);
  expect(stdout).toMatch(/^110 test images, learned bits\n[\d.]+ % accuracy, cross entropy /);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);

  expect((await evaluated(run, '--split', 'training')).images).toBe(300);
  const sampled = await evaluated(run, '--gates', 'sampled');
  expect(sampled.relativeBopsPercent).toBeNull();
  expect(await evaluated(run, '--gates', 'sampled')).toEqual(sampled);

  // The run starts at 8 bits: setting these changes nothing, setting 2 bits does.
  expect((await evaluated(run, '--bits', 'w8a8')).crossEntropy).toBe(found.crossEntropy);
  const two = await evaluated(run, '--bits', 'w2a2');
  expect(two.crossEntropy).not.toBe(found.crossEntropy);
  expect(two.relativeBopsPercent).toBeLessThan(found.relativeBopsPercent ?? NaN);
});

test('bit widths that a run cannot have are refused, with exit code 2', async () => {
  const narrow = await runWith('backend: wasm\nquantization: { smallest: 4, largest: 8 }');
  const outside = await evaluate(narrow, '--bits', 'w2a8');
  expect(outside.code).toBe(2);
  expect(outside.stderr).toContain(
    '--bits w2a8: found 2, expected a width that the run can have: 4 to 8',
  );

  const full = await runWith('backend: wasm\nquantization: { weights: none, activations: none }');
  const without = await evaluate(full, '--bits', 'w8a8');
  expect(without.code).toBe(2);
  expect(without.stderr).toContain('expected a run with a range at each of its 3 quantizers');
  expect((await evaluated(full)).relativeBopsPercent).toBe(100);
});
