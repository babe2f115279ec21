import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeSafetensors } from '../../src/files/safetensors.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { bbits } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const layers = `
  layers:
    - { type: convolution, name: c1, filters: 6, kernel: 5, stride: 2, batchNorm: unfolded }
    - { type: convolution, name: c2, filters: 8, kernel: 5, stride: 2, batchNorm: folded }
    - { type: flatten }
    - { type: dense, name: out, units: 10 }
`;

test('post-training quantization learns gates and ranges on few images, and changes no byte of a weight', async () => {
  const folder = await temporaryFolder();
  const config = join(folder, 'own.yaml');
  const data = `dataset: { name: mnist, path: ${await learnableMnist()} }\n`;
  const training = 'training: { epochs: 2, batchSize: 50 }\n';
  await writeFile(config, `${data}model:${layers}${training}`);
  const train = (out: string, ...args: string[]) =>
    bbits(['train', config, '--out', join(folder, out), '--quiet', ...args], process.env);

  const full = await train(
    'full',
    'quantization={weights: none, activations: none, channels: all}',
  );
  expect(full).toEqual({ code: 0, stdout: '', stderr: '' });
  const post = await train(
    'post',
    `from=${join(folder, 'full')}`,
    'training.learns=[gates, ranges]',
    'training.batchNorm=frozen',
    'training.images=100',
    'training.validationImages=50',
    'optimizers.gates.learningRate=0.5',
  );
  expect(post).toEqual({ code: 0, stdout: '', stderr: '' });

  const tensors = async (run: string) => {
    const path = join(folder, run, 'weights.safetensors');
    return decodeSafetensors(await readFile(path), path);
  };
  const [before, after] = [await tensors('full'), await tensors('post')];
  expect([...before.keys()].sort()).toEqual(
    ['c1', 'c2']
      .flatMap((layer) => [
        `${layer}/weight`,
        `${layer}/scale`,
        `${layer}/shift`,
        `${layer}/running-mean`,
        `${layer}/running-variance`,
      ])
      .concat('out/bias', 'out/weight')
      .sort(),
  );
  for (const [name, tensor] of before) expect(after.get(name), name).toEqual(tensor);
  const gates = Array.from(after.get('c2/weight/phi')?.values ?? []);
  expect(gates).not.toEqual([6, 6, -6, -6]);
  const lines = (await readFile(join(folder, 'post', 'metrics.jsonl'), 'utf8')).trim().split('\n');
  const [first] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(first?.['validationAccuracyPercent']).toBeTypeOf('number');

  const other = await bbits(
    ['train', config, 'model=lenet5', `from=${join(folder, 'full')}`, '--out', join(folder, 'no')],
    process.env,
  );
  expect(other.code).toBe(2);
  expect(other.stderr).toContain(
    'from: expected a run of the same network as model, lenet5, with "conv1/weight" of shape [5, 5, 1, 32], found none in',
  );
  const none = await train('no', `from=${folder}`);
  expect(none.code).toBe(1);
  expect(none.stderr).toContain('expected the folder of a run with at least one finished epoch');
});
