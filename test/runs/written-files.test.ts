import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import type { JsonFile } from '../../src/files/json-file.js';
import { readRun } from '../../src/runs/read-run.js';
import {
  checkpointFile,
  decodeCheckpoint,
  encodeCheckpoint,
} from '../../src/runs/folder/checkpoint-file.js';
import { invocationsFile } from '../../src/runs/folder/invocations-file.js';
import { metricsFile } from '../../src/runs/folder/metrics-file.js';
import { recordFile } from '../../src/runs/folder/record-file.js';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { statusFile } from '../../src/runs/folder/status-file.js';
import { timingsFile } from '../../src/runs/folder/timings-file.js';
import { runExperiment } from '../../src/runs/run-experiment.js';
import { encodeWeights, weightsFile } from '../../src/runs/folder/weights-file.js';
import { learnedQuantizer } from '../../src/runs/trained-weights.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { silent } from '../helpers/silent-observer.js';
import { stored } from '../helpers/stored.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Covers every part of the files: a residual block, held-out images and two phases. */
const text = `model:
  layers:
    - { type: convolution, name: conv1, filters: 2, kernel: 5, stride: 5, batchNorm: folded }
    - type: residual
      name: block
      branch: [{ type: convolution, name: conv2, filters: 2, kernel: 3, padding: 1, batchNorm: folded }]
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
threads: 1
training: { epochs: 1, batchSize: 20, validationImages: 20 }
fineTuning: { epochs: 1 }
`;

test('all files of a run match their schemas, byte for byte', async () => {
  const out = join(await temporaryFolder(), 'run');
  const data = await learnableMnist(60, 20);
  const config = parseConfig(`dataset: { name: mnist, path: ${data} }\n${text}`, 'a.yaml');
  await runExperiment({ config, file: 'a.yaml' }, { out, command: ['test'] }, silent);

  /** Reads and rewrites a file; a field missing from its schema would be lost. */
  async function expectSame<T>(file: JsonFile<T>, lines?: 'lines') {
    const text = await readFile(join(out, file.name), 'utf8');
    const parts = lines === undefined ? [text] : text.trimEnd().split('\n');
    const again = parts.map((part) => {
      const { success, data, error } = file.decode(part);
      if (!success) throw new Error(`${file.name}: ${error.message}`);
      return file.encode(data);
    });
    expect(again.join('')).toBe(text);
  }
  for (const file of [recordFile, resultFile, statusFile])
    await expectSame(file as JsonFile<unknown>);
  for (const file of [metricsFile, timingsFile, invocationsFile]) {
    await expectSame(file as JsonFile<unknown>, 'lines');
  }

  const checkpoint = await readFile(join(out, checkpointFile));
  expect(encodeCheckpoint(decodeCheckpoint(checkpoint, 'x'))).toEqual(checkpoint);

  const { weights, quantizers } = await readRun(out);
  const tensors = Object.fromEntries(weights);
  const learned = { tensors, quantizers: quantizers.map(learnedQuantizer) };
  expect(Buffer.from(encodeWeights(learned))).toEqual(await readFile(join(out, weightsFile)));

  // Makes sure that the optional parts were written.
  const result = await stored(out, resultFile);
  expect(result).toMatchObject({ epochs: 2, sums: [{ name: 'block', after: 'conv2' }] });
  expect(result.beforeFineTuning?.validationAccuracyPercent).toBeGreaterThanOrEqual(0);
});
