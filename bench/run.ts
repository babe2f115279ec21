import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../src/backend/native.js';
import { loadDataset } from '../src/data/load.js';
import { hasPytorch, startPytorch } from './pytorch.js';
import { measured, settings, type Mode, type Setting } from './step.js';

/**
 * `npm run bench [-- ROUNDS]`: times of the LeNet-5 training step, interleaved so that whatever else
 * the machine does falls on all of them alike. Ratios are medians over rounds of ratios in a round.
 */
const rounds = Number(process.argv[2] ?? 30);
const stepsPerRound = 4;
const say = (text = '') => process.stdout.write(`${text}\n`);

interface Subject {
  readonly name: string;
  /** Milliseconds of each step. */
  readonly run: (steps: number) => Promise<number[]>;
  /** Median of each round. */
  readonly medians: number[];
}

const backend = await startBackend('native-cpu', { threads: 2 });
const dataset = await loadDataset({ name: 'mnist' });
say(`TensorFlow ${backend.tensorflow}, ${backend.device}, ${backend.threads} threads`);

const modes: Mode[] = ['graph', 'eager'];
const names = Object.keys(settings) as Setting[];
const programs = modes.flatMap((mode) =>
  names.map((name) => ({ mode, name, program: measured(name, mode, dataset) })),
);
const pytorch = hasPytorch()
  ? (['contiguous', 'channels_last'] as const).map((layout) => ({
      layout,
      process: startPytorch(layout),
    }))
  : [];
if (pytorch.length === 0)
  say('No PyTorch found (pip install torch==2.13.0): not compared with it.');

const subjects: Subject[] = [
  ...programs.map(({ mode, name, program }) => ({
    name: `${mode}: ${name}`,
    run: (steps: number) =>
      Promise.resolve(
        timeEach(steps, () => {
          program.step();
        }),
      ),
    medians: [],
  })),
  ...pytorch.map(({ layout, process }) => ({
    name: `PyTorch: full precision, ${layout}`,
    run: (steps: number) => process.run(steps),
    medians: [],
  })),
];

const warmUp = 3;
let tensors = 0;
for (let round = -warmUp; round < rounds; round++) {
  if (round === 0) ({ numTensors: tensors } = tf.memory());
  for (const subject of subjects) {
    const [, ...times] = await subject.run(stepsPerRound);
    if (round >= 0) subject.medians.push(median(times));
  }
}
const grown = tf.memory().numTensors - tensors;

say(`\nmilliseconds a step at batch 128, ${rounds} rounds of ${stepsPerRound - 1} steps\n`);
say(`${''.padEnd(40)}${'median'.padStart(8)}${'least'.padStart(8)}${'ratio'.padStart(8)}`);
for (const subject of subjects) {
  const base = baseOf(subject);
  const ratio = median(subject.medians.map((time, round) => time / (base.medians[round] ?? NaN)));
  const cells = [median(subject.medians), Math.min(...subject.medians)].map((ms) => ms.toFixed(1));
  say(
    subject.name.padEnd(40) + [...cells, ratio.toFixed(2)].map((cell) => cell.padStart(8)).join(''),
  );
}
say('\nratio: to full precision in the same mode; PyTorch and eager full precision: to graph.');

const [first] = programs.filter(({ name }) => name === 'as a run starts (8 bits)');
if (first) {
  const evaluations = timeEach(5, () => {
    first.program.evaluate();
  });
  say(`evaluation of the ${dataset.test.count} test images: ${median(evaluations).toFixed(0)} ms`);
}
const bin = fileURLToPath(new URL('../bin/bbits.js', import.meta.url));
const help = timeEach(7, () => void spawnSync(process.execPath, [bin, '--help']));
say(`bbits --help: ${median(help).toFixed(0)} ms`);
const megabytes = process.memoryUsage().rss / 1e6;
say(
  `tensors gained over all rounds: ${grown}; resident memory: ${megabytes.toFixed(0)} MB, with all ${programs.length} programs`,
);
for (const { program } of programs) program.dispose();
for (const { process } of pytorch) process.close();

/** Full precision in a graph; for what is in graph or eager mode, that of its own mode. */
function baseOf({ name }: Subject): Subject {
  const [mode, setting] = name.split(': ');
  const isBase = setting === 'full precision' || mode === 'PyTorch';
  const wanted = `${isBase ? 'graph' : mode}: full precision`;
  return subjects.find((other) => other.name === wanted) as Subject;
}

function timeEach(count: number, run: () => void): number[] {
  return Array.from({ length: count }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
