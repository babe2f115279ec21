import { beforeAll, expect, test } from 'vitest';
import { run } from '../../../src/commands/child.js';
import { startNative } from '../../helpers/test-backend.js';

/** A script that prints a checksum of the built kernels' outputs for large inputs. */
const script = `
const { createHash } = await import('node:crypto');
const dist = new URL(process.argv[1]);
const load = (path) => import(new URL(path, dist).href);
const { startBackend } = await load('backend/start.js');
const { quantize } = await load('bayesian-bits/quantizer.js');
const threads = Number(process.argv[2]);
const { kernels } = await startBackend('native-cpu', { threads });
if (kernels === null) throw new Error('no kernels');
const tf = await import('@tensorflow/tfjs-core');
const hash = createHash('sha256');
const numbers = (shape, seed) => {
  const size = shape.reduce((a, b) => a * b);
  return tf.tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(seed * i) * 1.5), shape);
};
const add = (tensors) => tensors.forEach((tensor) => hash.update(tensor.dataSync()));
const products = tf.tensor1d([1, 0.9, 0.5, 0.25, 0.125]);
for (const signed of [true, false]) {
  for (const channels of [undefined, 37]) {
    const shape = [1000, 3, 37];
    const f = (x, beta, products, channelGates) => quantize(x, signed, { beta, products, channelGates });
    const gates = channels ? [numbers([channels], 0.7)] : [];
    const given = [numbers(shape, 0.37), tf.scalar(1.37), products, ...gates];
    const { value, grads } = tf.valueAndGrads(f)(given, numbers(shape, 0.11));
    add([value, ...grads]);
  }
}
const pooled = tf.grad((x) => tf.maxPool(x, 2, 2, 'valid'))(numbers([9, 24, 24, 33], 0.3), numbers([9, 12, 12, 33], 0.2));
add([pooled]);
process.stdout.write(hash.digest('hex'));
`;

beforeAll(startNative);

test('results are the same bits for any number of threads', async () => {
  const dist = new URL('../../../dist/', import.meta.url).href;
  const sums = await Promise.all(
    ['1', '2', '3', '8'].map(async (threads) => {
      const env = { ...process.env, TF_NUM_INTRAOP_THREADS: threads };
      const args = ['--input-type=module', '-e', script, dist, threads];
      const { code, stdout, stderr } = await run(process.execPath, args, { env });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return stdout;
    }),
  );
  expect(sums[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(sums).size).toBe(1);
});
