import { expect, test } from 'vitest';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { sensitivityFile } from '../../src/runs/folder/sensitivity-file.js';
import { bbits } from '../helpers/run-bbits.js';
import { smallNetwork, tinyNetwork } from '../helpers/small-network.js';
import { smallRun } from '../helpers/small-run.js';
import { stored } from '../helpers/stored.js';

test('a static run is reduced from w8a8 to w2a2, one quantizer per step', async () => {
  const run =
    await smallRun(`${smallNetwork}quantization: { weights: 8, activations: 8, channels: all }
training: { epochs: 2, batchSize: 32, validationImages: 40 }`);
  const { code, stdout, stderr } = await bbits(['sensitivity', run], process.env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(
    /^ 1\/11 {2}BOPs 6\.25 % {2}held out [\d.]+ % {2}test [\d.]+ % {2}as trained$/,
  );
  expect(lines[10]).toMatch(/^11\/11 {2}BOPs .* at 2 bits$/);
  expect(Math.max(...lines.slice(0, 11).map((line) => line.length))).toBeLessThanOrEqual(80);

  const kept = await stored(run, sensitivityFile);
  expect(kept.images).toBe(40);
  expect(kept.steps).toHaveLength(11);
  const bops = kept.steps.map(({ relativeBopsPercent }) => relativeBopsPercent);
  expect(bops).toEqual(bops.toSorted((a, b) => b - a));
  const result = await stored(run, resultFile);
  expect(kept.steps[0]).toMatchObject({
    testAccuracyPercent: result.testAccuracyPercent,
    validationAccuracyPercent: result.validationAccuracyPercent,
  });
  const again = await bbits(['evaluate', run, '--split', 'validation', '--json'], process.env);
  expect(JSON.parse(again.stdout)).toMatchObject({
    images: 40,
    accuracyPercent: result.validationAccuracyPercent,
  });
});

test('an unsuitable run is refused, with exit code 2', async () => {
  const learned = await smallRun(
    `${tinyNetwork}backend: wasm
training: { epochs: 1, batchSize: 64, validationImages: 40 }`,
  );
  const bits = await bbits(['sensitivity', learned], process.env);
  expect(bits.code).toBe(2);
  expect(bits.stderr).toContain('expected a run whose bits were fixed in training');

  const all = await smallRun(`${tinyNetwork}backend: wasm
quantization: { weights: 8, activations: 8, channels: all }
training: { epochs: 1, batchSize: 64 }`);
  const none = await bbits(['sensitivity', all], process.env);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('expected a run with images held out for validation');
});
