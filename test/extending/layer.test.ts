import * as tf from '@tensorflow/tfjs-core';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { deploy } from '../../src/deployment/deploy.js';
import { infer } from '../../src/deployment/infer.js';
import { exporter as onnxExporter } from '../../src/deployment/exporters/onnx.js';
import { exporter } from '../../src/deployment/exporters/safetensors.js';
import { exportRun } from '../../src/runs/export-run.js';
import { runExperiment } from '../../src/runs/run-experiment.js';
import { planFor } from '../../src/setup/plan-for-config.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { silent } from '../helpers/silent-observer.js';
import { temporaryFolder, userError } from '../helpers/temporary-folder.js';
import { startWhatThereIs } from '../helpers/test-backend.js';

// Adds the example to the list of types, as a line there would.
vi.mock('../../src/nn/layers/weightless-types.js', async (original) => {
  const { weightlessTypes } =
    await original<typeof import('../../src/nn/layers/weightless-types.js')>();
  const { scaleType } = await import('./scale.js');
  return { weightlessTypes: [...weightlessTypes, scaleType] };
});

beforeAll(startWhatThereIs);

const network = `model:
  layers:
    - { type: convolution, name: conv, filters: 3, kernel: 5, stride: 5 }
    - { type: scale, factor: 0.5 }
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
`;

test('a layer without weights takes one file and one line in the list: its network is trained and exported', async () => {
  const data = await learnableMnist(200, 60);
  const rest = 'threads: 1\ntraining: { epochs: 1, batchSize: 20 }\n';
  const text = `dataset: { name: mnist, path: ${data} }\n${network}${rest}`;
  const config = parseConfig(text, 'scale.yaml');
  const out = join(await temporaryFolder(), 'run');
  const run = { out, command: ['test'] };
  await runExperiment({ config, file: 'scale.yaml' }, run, silent);
  const { folder } = await exportRun(out, exporter);
  const { steps } = JSON.parse(await readFile(join(folder, 'network.json'), 'utf8')) as {
    steps: object[];
  };
  expect(steps[1]).toEqual({ type: 'scale', factor: 0.5 });

  // This type defines no ONNX operator.
  const onnx = join(out, 'export-onnx');
  expect(await userError(exportRun(out, onnxExporter, { out: onnx }))).toBe(
    'A layer of type scale cannot be written as ONNX; write this network with: --format safetensors',
  );
  expect(existsSync(onnx)).toBe(false);
});

test('an invalid key is a config error', () => {
  const bad = `dataset: mnist\n${network.replace('0.5', '0')}`;
  expect(() => parseConfig(bad, 'scale.yaml')).toThrow(
    'scale.yaml:5:30 model.layers.1.factor: found 0, expected a number above 0',
  );
});

test('the constants of dropped channels pass through it', () => {
  const { model } = parseConfig(`dataset: mnist\n${network}`, 'scale.yaml');
  const plan = planFor(model, { name: 'mnist', classes: 10, imageShape: [28, 28, 1] });
  tf.tidy(() => {
    const variables = Object.fromEntries(
      plan.variables.map(({ name, shape }, seed) => [
        name,
        tf.randomUniform([...shape], 0.1, 1, 'float32', seed),
      ]),
    );
    const images = tf.randomUniform([2, 28, 28, 1], 0, 1, 'float32', 9);
    const keptChannels = [true, false, true];
    const quantizer = { bits: null, beta: 1, keptChannels };
    const without = deploy(plan, variables, new Map([['conv/weight', quantizer]]));
    expect(without.network.steps[0]).toMatchObject({ channels: [0, 2] });

    const gates = tf.tensor1d(keptChannels.map(Number));
    const gated = tf.mul(variables['conv/weight'] as tf.Tensor, gates);
    const whole = deploy(plan, { ...variables, 'conv/weight': gated }, new Map());
    const [found, expected] = [infer(without, images), infer(whole, images)].map((logits) => [
      ...logits.dataSync(),
    ]);
    expect(found).toHaveLength(20);
    found?.forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected?.[i] ?? NaN, 3);
    });
  });
});
