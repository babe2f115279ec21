import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { infer } from '../../src/deployment/infer.js';
import { deployRun } from '../../src/runs/export-run.js';
import { readRun } from '../../src/runs/read-run.js';
import { metricsFile } from '../../src/runs/folder/metrics-file.js';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { stored, storedLines } from '../helpers/stored.js';
import { runLearner } from '../../src/runs/run-learner.js';
import { testTimeQuantizers } from '../../src/training/quantizer-state.js';
import { learnableSplit } from '../helpers/learnable-mnist.js';
import { startBackend } from '../../src/backend/start.js';
import { bbits } from '../helpers/run-bbits.js';
import { smallRun, smallRunHere } from '../helpers/small-run.js';

// WebAssembly starts in half the time; export.test.ts uses the best available backend.
beforeAll(() => startBackend('wasm'));

const layers = (kind: string) => `
model:
  layers:
    - { type: convolution, name: c1, filters: 6, kernel: 5, stride: 2, batchNorm: ${kind} }
    - { type: convolution, name: c2, filters: 8, kernel: 3, padding: 1, batchNorm: ${kind} }
    - { type: flatten }
    - { type: dense, name: out, units: 10 }
mu: 0.4
gates: { initialPhi: { 2: 0 } }
optimizers: { gates: { learningRate: 0.2 } }
training: { epochs: 3, batchSize: 50 }
`;

test('a fine-tuned run reports both phases, and evaluates to its recorded results', async () => {
  const run = await smallRun(
    `${layers('folded')}fineTuning: { epochs: 2, weights: { learningRate: 1e-2 } }\n`,
  );
  const result = await stored(run, resultFile);
  const lines = await storedLines(run, metricsFile);
  expect(lines).toHaveLength(5);
  expect(result.beforeFineTuning).toEqual({
    testCrossEntropy: lines[2]?.testCrossEntropy,
    testAccuracyPercent: lines[2]?.testAccuracyPercent,
    relativeBopsPercent: result.relativeBopsPercent,
    gbops: result.gbops,
  });
  expect(result.epochs).toBe(5);

  const { stdout } = await bbits(['evaluate', run, '--json'], process.env);
  const evaluated = JSON.parse(stdout) as Record<string, number>;
  expect(evaluated['accuracyPercent']).toBe(result.testAccuracyPercent);
  expect(evaluated['crossEntropy']).toBeCloseTo(result.testCrossEntropy, 5);
  expect(evaluated['relativeBopsPercent']).toBe(result.relativeBopsPercent);
});

test.each([
  ['Bayesian Bits, fine-tuned', 'folded', 'fineTuning: { epochs: 1 }'],
  ['fine-tuned with unfolded batch norms', 'unfolded', 'fineTuning: { epochs: 1 }'],
  ['pruning only w8a8', 'folded', 'quantization: { weights: 8, activations: 8 }'],
  [
    'pruning only in full precision',
    'folded',
    'quantization: { weights: none, activations: none }',
  ],
  ['deterministic gates', 'folded', 'gates: { sampling: deterministic, initialPhi: { 2: 0 } }'],
  ['a budget', 'unfolded', 'target: { relativeBopsPercent: 1 }'],
])('%s: a network gives the same logits without its dropped channels', async (_, kind, setting) => {
  const [key = ''] = setting.split(':');
  const others = layers(kind)
    .split('\n')
    .filter((line) => !line.startsWith(`${key}:`));
  const run = await readRun(
    await smallRunHere(`${others.join('\n')}\nbackend: wasm\n${setting}\n`),
  );
  const dropped = [...testTimeQuantizers(run.quantizers).values()].flatMap(({ keptChannels }) =>
    keptChannels.filter((isKept) => !isKept),
  );
  expect(dropped.length).toBeGreaterThan(0);

  const { images, labels, count } = learnableSplit(40, 'test');
  const pixels = Float32Array.from(images, (pixel) => pixel / 255);
  const learner = runLearner(run, [count], 'eager');
  const { logits } = learner.evaluate({ images: pixels, labels: Int32Array.from(labels) });
  const removed = infer(deployRun(run), tf.tensor(pixels, [count, 28, 28, 1])).dataSync();
  expect(removed).toHaveLength(logits.length);
  logits.forEach((logit, index) => {
    expect(Math.abs(logit - (removed[index] ?? NaN))).toBeLessThan(1e-4);
  });
  learner.dispose();
});
