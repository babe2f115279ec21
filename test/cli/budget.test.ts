import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { bbits } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const config = `
model: { layers: [{ type: flatten }, { type: dense, name: out, units: 10 }] }
target: { relativeBopsPercent: 2 }
training: { epochs: 4, batchSize: 50 }
`;

test('training to a budget that the gates do not reach in time says so, before closing them', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'budget.yaml');
  await writeFile(file, `dataset: { name: mnist, path: ${await learnableMnist()} }\n${config}`);
  const train = (...changes: string[]) =>
    bbits(['train', file, ...changes, '--out', join(folder, String(changes))], process.env);

  const slow = await train('mu=0.01');
  expect(slow.code).toBe(0);
  expect(slow.stderr).toContain(
    'The budget of 2 % is about to close many gates at once, which costs accuracy: the network still takes 6.25 %.',
  );
  expect(slow.stderr).toContain(
    'Increase mu (0.01), optimizers.gates.learningRate (0.001) or training.epochs (4).',
  );
  expect(slow.stdout).toContain(' at 1.56 % relative BOPs');

  const fast = await train('optimizers.gates.learningRate=1');
  expect(fast.code).toBe(0);
  expect(fast.stderr).not.toContain('The budget');
});
