import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smallRun } from '../helpers/small-run.js';
import { bbits } from '../helpers/run-bbits.js';

const config = `model:
  layers:
    - { type: convolution, name: conv1, filters: 4, kernel: 5, stride: 5, batchNorm: folded }
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
threads: 1
quantization: { weights: none, activations: 8, layers: [{ layer: fc, weights: 4 }] }
training: { epochs: 1, batchSize: 60 }
`;

interface Quantizer {
  name: string;
  bits: number;
  beta: number | null;
}

test('what is pruned but not rounded has no range, in any file of a run', async () => {
  const run = await smallRun(config);
  const read = async (name: string) =>
    JSON.parse(await readFile(join(run, name), 'utf8')) as Record<string, unknown>;

  const { quantizers } = (await read('metrics.jsonl')) as { quantizers: Quantizer[] };
  expect(quantizers.map(({ name, bits }) => [name, bits])).toEqual([
    ['conv1/weight', 32],
    ['conv1/activation', 8],
    ['fc/weight', 4],
  ]);
  expect(quantizers.map(({ beta }) => beta !== null && beta > 0)).toEqual([false, true, true]);
  expect(quantizers[0]?.beta).toBeNull();
  const [, activation, weight] = quantizers;
  expect((await read('result.json'))['layers']).toMatchObject([
    { name: 'conv1', weightBeta: null, activationBeta: activation?.beta },
    { name: 'fc', weightBeta: weight?.beta, activationBeta: null },
  ]);

  // 100 weights as they are, 1000 of 4 bits; 4 scales, 4 shifts, 10 biases and two ranges of 32.
  const { stdout } = await bbits(['inspect', run, '--json'], process.env);
  const { totals } = JSON.parse(stdout) as { totals: { parameterBytes: number } };
  expect(totals.parameterBytes).toBe(4 * 100 + 1000 / 2 + 4 * (4 + 4 + 10 + 2));
});
