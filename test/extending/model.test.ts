import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import type { ModelName } from '../../src/models/models.js';
import { runExperiment } from '../../src/runs/run-experiment.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { silent } from '../helpers/silent-observer.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

// Adds the example to the list of models, as a line there would.
vi.mock('../../src/models/models.js', async (original) => {
  const { models } = await original<typeof import('../../src/models/models.js')>();
  const { mlp } = await import('./mlp.js');
  return { models: { ...models, mlp } };
});

test('a model takes one file and one line in the list: a config names it, and it is trained', async () => {
  const data = await learnableMnist(200, 60);
  const config = parseConfig(
    `dataset: { name: mnist, path: ${data} }
model: { name: mlp, width: 0.1, batchNorm: unfolded }
threads: 1
training: { epochs: 2, batchSize: 20 }
optimizers: { weights: { learningRate: 1e-2 } }
`,
    'mlp.yaml',
  );
  expect(config.model).toEqual({
    name: 'mlp' as ModelName,
    width: 0.1,
    batchNorm: 'unfolded',
  });
  const out = join(await temporaryFolder(), 'run');
  const { result } = await runExperiment(
    { config, file: 'mlp.yaml' },
    { out, command: ['test'] },
    silent,
  );
  // There are ten classes.
  expect(result.testAccuracyPercent).toBeGreaterThan(50);
});
