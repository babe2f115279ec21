import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { parseConfig } from '../src/config/config.js';
import { runExperiment } from '../src/runs/run-experiment.js';
import { silent } from '../test/helpers/silent-observer.js';

/**
 * `npm run bench:memory [-- EPOCHS [BACKEND]]`: memory over a long run with batches, steps, evaluation,
 * checkpoints and the other files: LeNet-5 on MNIST, a thousand steps per epoch.
 */
const [epochs = '10', backend = 'auto'] = process.argv.slice(2);
const config = parseConfig(
  `dataset: mnist
model: lenet5
backend: ${backend}
training: { epochs: ${epochs}, batchSize: 32, images: 32000 }
`,
  'memory.yaml',
);

interface Memory {
  readonly tensors: number;
  /** In MB: JavaScript's heap, external memory (arrays), and resident memory. */
  readonly heap: number;
  readonly outside: number;
  readonly resident: number;
}

function memory(): Memory {
  const { heapUsed, external, rss } = process.memoryUsage();
  const [heap = 0, outside = 0, resident = 0] = [heapUsed, external, rss].map(
    (bytes) => bytes / 1e6,
  );
  return { tensors: tf.memory().numTensors, heap, outside, resident };
}

const say = (cells: readonly (string | number)[]) => {
  const shown = cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(0) : cell));
  process.stdout.write(`${shown.map((cell) => cell.padStart(13)).join('')}\n`);
};

const folder = await mkdtemp(join(tmpdir(), 'bbits-memory-'));
const after: Memory[] = [];
say(['steps', 'tensors', 'heap MB', 'outside MB', 'resident MB']);
try {
  await runExperiment(
    { config, file: 'memory.yaml' },
    { out: join(folder, 'run'), command: ['npm', 'run', 'bench:memory'] },
    {
      ...silent,
      epochDone({ epoch }) {
        const now = memory();
        after.push(now);
        say([1000 * epoch, now.tensors, now.heap, now.outside, now.resident]);
      },
    },
  );
} finally {
  await rm(folder, { recursive: true });
}
const [, second = memory()] = after;
const last = after.at(-1) ?? second;
// Two epochs complete the one-time setup (TensorFlow's buffers, compiled code).
say([
  'since 2000',
  ...(Object.keys(last) as (keyof Memory)[]).map((key) => last[key] - second[key]),
]);
