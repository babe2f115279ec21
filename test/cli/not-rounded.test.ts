import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../src/files/safetensors.js';
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
  readonly name: string;
  readonly bits: number;
  readonly beta: number | null;
  readonly phi: Record<string, unknown>;
}

test('tensors pruned but not rounded have no range or bit-width gates in any file of a run', async () => {
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
  const all = ['4', '8', '16', '32'];
  expect(quantizers.map(({ phi }) => Object.keys(phi))).toEqual([['2'], all, all]);
  const [, activation, weight] = quantizers;
  expect((await read('result.json'))['layers']).toMatchObject([
    { name: 'conv1', weightBeta: null, activationBeta: activation?.beta },
    { name: 'fc', weightBeta: weight?.beta, activationBeta: null },
  ]);

  const path = join(run, 'weights.safetensors');
  const tensors = decodeSafetensors(await readFile(path), path);
  const learned = [...tensors.keys()].filter((name) => /beta|phi/.test(name)).sort();
  expect(learned).toEqual([
    'conv1/activation/beta',
    'conv1/activation/phi',
    'conv1/weight/phi2',
    'fc/weight/beta',
    'fc/weight/phi',
  ]);
  // Earlier versions wrote an unused range and constant gates.
  const before = await bbits(['evaluate', run, '--json'], process.env);
  const vector = (...values: number[]) => ({
    shape: [values.length],
    values: Float64Array.from(values),
  });
  const old = {
    ...Object.fromEntries(tensors),
    'conv1/weight/beta': vector(1),
    'conv1/weight/phi': vector(1000, 1000, 1000, 1000),
  };
  await writeFile(path, encodeSafetensors(old, {}));
  const after = await bbits(['evaluate', run, '--json'], process.env);
  expect(after).toEqual(before);
  expect(after.code).toBe(0);

  // 100 float32 weights, 1000 4-bit weights; 4 scales, 4 shifts, 10 biases and 2 ranges in float32.
  const { stdout } = await bbits(['inspect', run, '--json'], process.env);
  const { totals } = JSON.parse(stdout) as { totals: { parameterBytes: number } };
  expect(totals.parameterBytes).toBe(4 * 100 + 1000 / 2 + 4 * (4 + 4 + 10 + 2));
});
