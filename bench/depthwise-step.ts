import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../src/backend/start.js';
import { entry } from '../src/compile/entry.js';
import { compile } from '../src/compile/program.js';
import { inScope } from '../src/compile/scope.js';
import { convolve } from '../src/nn/convolve.js';
import { timeEach } from './times.js';

/** Serve a depthwise layer with its gradients on one of the backends: see `startSteps`. */
const [backend = '', ...sizes] = process.argv.slice(2);
const [batch = NaN, size = NaN, channels = NaN] = sizes.map(Number);
if (backend !== 'wasm' && backend !== 'native-cpu') throw new Error(`no backend "${backend}"`);

await startBackend(backend, { threads: 2 });
const geometry = {
  stride: [1, 1],
  padding: [
    [1, 1],
    [1, 1],
  ],
  groups: channels,
} as const;
const shape = [batch, size, size, channels];
const program = compile(
  {},
  {
    step: entry(
      {
        x: { shape, dtype: 'float32' },
        weight: { shape: [3, 3, 1, channels], dtype: 'float32' },
        dy: { shape, dtype: 'float32' },
      },
      ({ x, weight, dy }) => {
        const layer = tf.valueAndGrads((...args) =>
          convolve(...(args as [tf.Tensor, tf.Tensor]), geometry),
        );
        const { value, grads } = layer([x, weight], dy);
        return { outputs: { result: tf.stack([value, ...grads].map((each) => tf.sum(each))) } };
      },
    ),
  },
);
const given = {
  x: tf.randomUniform(shape, -1, 1),
  weight: tf.randomUniform([3, 3, 1, channels], -1, 1),
  dy: tf.randomUniform(shape, -1, 1),
};
for await (const line of createInterface(process.stdin)) {
  const times = timeEach(Number(line), () => {
    inScope(() => program.run('step', given).result.dataSync());
  });
  process.stdout.write(`${JSON.stringify(times)}\n`);
}
