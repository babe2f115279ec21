import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../src/backend/native.js';
import { lenet5 } from '../src/models/lenet5.js';
import { planNetwork } from '../src/nn/plan.js';
import { createLearner, type Learner } from '../src/training/learner.js';
import { noNoise, uniformNoise, type GateNoise } from '../src/training/quantizer-state.js';
import { randomStream } from '../src/random.js';

await startBackend('native-cpu', { threads: 2 });
const plan = planNetwork(lenet5(10), [28, 28, 1]);
const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const frozen = { ...adam, learningRate: 0 };
const rng = randomStream(1, 'bench');
const batch = {
  images: Float32Array.from(rng.uniforms(128 * 784)),
  labels: Int32Array.from({ length: 128 }, () => rng.integer(10)),
};
function make(phi: number | undefined, mode: 'graph' | 'eager', p16 = phi): Learner {
  const initial = Object.fromEntries(
    plan.variables.map(({ name, shape, fanIn }) => [
      name,
      tf.tensor(
        Float32Array.from(
          rng.uniforms(shape.reduce((a, b) => a * b, 1)),
          (u) => (2 * u - 1) / Math.sqrt(fanIn),
        ),
        [...shape],
      ),
    ]),
  );
  const learner = createLearner(
    {
      plan,
      sites: phi === undefined ? [] : plan.quantizers,
      initialPhi: { 2: phi === 0 ? 0 : 6, 4: phi ?? 0, 8: phi ?? 0, 16: p16 ?? 0, 32: p16 ?? 0 },
      weighting: 'bops',
      mu: 0.1,
      optimizers: { weights: adam, gates: frozen, ranges: frozen },
      batchSizes: [128],
      evaluationSizes: [500],
      rangeImages: 2,
      mode,
    },
    initial,
  );
  learner.initialiseRanges(batch.images.subarray(0, 2 * 784), noNoise);
  return learner;
}
const t0 = performance.now();
const modes = (process.argv[2] ?? 'graph').split(',') as ('graph' | 'eager')[];
const settings: [string, Learner, GateNoise][] = modes.flatMap((mode) => [
  [`full ${mode}`, make(undefined, mode), noNoise],
  [`8 bits ${mode}`, make(6, mode, -6), uniformNoise(rng)],
  [`all open ${mode}`, make(6, mode), uniformNoise(rng)],
  [`interior ${mode}`, make(0, mode), noNoise],
]) as [string, Learner, GateNoise][];
console.log(
  'set up',
  ((performance.now() - t0) / 1000).toFixed(1),
  's',
  process.memoryUsage().rss / 1e6,
);
const times = settings.map((): number[] => []);
for (let round = 0; round < Number(process.argv[3] ?? 30); round++) {
  settings.forEach(([, learner, noise], index) => {
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      learner.step(batch, noise, 1);
      if (round > 2 && i > 0) times[index]?.push(performance.now() - start);
    }
  });
}
const medians = times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN);
settings.forEach(([name], i) => {
  console.log(
    name.padEnd(18),
    medians[i]?.toFixed(1),
    'ms',
    ((medians[i] ?? 0) / (medians[0] ?? 1)).toFixed(3),
    'min',
    times[i]?.[0]?.toFixed(1),
  );
});
console.log(tf.memory().numTensors, process.memoryUsage().rss / 1e6);
