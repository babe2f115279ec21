import * as tf from '@tensorflow/tfjs-core';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { readConfig, writeConfig } from '../../src/runs/folder/config-file.js';
import { resumeRun } from '../../src/runs/resume-run.js';
import { runExperiment } from '../../src/runs/run-experiment.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { silent } from '../helpers/silent-observer.js';
import { smallNetwork } from '../helpers/small-network.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

test('a run that fails to start or resume leaves no teacher tensors on the device', async () => {
  const folder = await temporaryFolder();
  const base = `dataset: { name: mnist, path: ${await learnableMnist()} }\n${smallNetwork}backend: wasm\n`;
  const train = async (name: string, ...overrides: string[]) => {
    const config = parseConfig(base, 'a.yaml', ['training.epochs=1', ...overrides]);
    const out = join(folder, name);
    await runExperiment({ config, file: 'a.yaml' }, { out, command: ['test'] }, silent);
    return out;
  };
  const teacher = `teacher.run=${await train('teacher')}`;
  const before = tf.memory().numTensors;

  await expect(
    train('refused', teacher, 'gates.frozenShare=0.5', 'target.relativeBopsPercent=2'),
  ).rejects.toThrow('gates.frozenShare');
  expect(tf.memory().numTensors).toBe(before);

  const taught = await train('taught', teacher);
  expect(tf.memory().numTensors).toBe(before);
  await writeConfig(taught, { ...(await readConfig(taught)), mu: 5 });
  await expect(resumeRun(taught, { extendEpochs: 1, command: ['test'] }, silent)).rejects.toThrow(
    'mu',
  );
  expect(tf.memory().numTensors).toBe(before);
});
