import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../src/backend/start.js';
import { hasPytorch, startPytorch } from './pytorch.js';
import { startSteps } from './step-process.js';
import { measured, noiseDataset } from './step.js';
import { suites, type Suite } from './suites.js';
import { median, timeEach } from './times.js';

/**
 * `npm run bench [-- SUITE [ROUNDS]]`, but for `gpu`, which is `bench/gpu.ts`: times of training steps, interleaved so that whatever else the
 * machine does falls on all of them alike. Ratios are medians over rounds of ratios in a round.
 */
const [suiteName = 'lenet5', roundsWanted = '30'] = process.argv.slice(2);
if (suiteName === 'gpu') {
  await import('./gpu.js');
  process.exit();
}
const rounds = Number(roundsWanted);
const suite = suites[suiteName];
const stepsPerRound = 4;
const say = (text = '') => process.stdout.write(`${text}\n`);

if (suite && Number.isInteger(rounds) && rounds > 0) await compare(suite);
else {
  say(
    `usage: npm run bench -- [${Object.keys(suites).join(' | ')}] [ROUNDS], or -- gpu [BATCH [NETWORK]]`,
  );
  process.exitCode = 2;
}

interface Subject {
  readonly name: string;
  /** Milliseconds of each step. */
  readonly run: (steps: number) => Promise<number[]>;
  /** Median of each round. */
  readonly medians: number[];
}

async function compare(suite: Suite): Promise<void> {
  const backend = await startBackend('native-cpu', { threads: 2 });
  say(`TensorFlow ${backend.tensorflow}, ${backend.device}, ${backend.threads} threads`);
  const dataset = noiseDataset(suite);
  const programs = Object.entries(suite.settings).map(([name, setting]) => ({
    name,
    program: measured(suite, setting, dataset),
  }));
  const pytorch = hasPytorch()
    ? (['contiguous', 'channels_last'] as const).map((layout) => ({
        name: `full precision, PyTorch, ${layout}`,
        process: startPytorch(suite, layout),
      }))
    : [];
  const wasm = onWasm(suite);
  if (pytorch.length === 0) {
    say('No PyTorch found (pip install torch==2.13.0): not compared with it.');
  }
  const subjects: Subject[] = [
    ...programs.map(({ name, program }) => ({
      name,
      run: (steps: number) =>
        Promise.resolve(
          timeEach(steps, () => {
            program.step();
          }),
        ),
      medians: [],
    })),
    ...[...pytorch, wasm].map(({ name, process }) => ({
      name,
      run: (steps: number) => process.run(steps),
      medians: [],
    })),
  ];

  const grown = await measureRounds(subjects);
  report(suite, subjects);
  sayRatio(subjects, wasm.name, wasm.setting);
  const [, second] = programs;
  if (second) {
    const evaluations = timeEach(5, () => {
      second.program.evaluate();
    });
    say(`evaluation of 1000 images (${second.name}): ${median(evaluations).toFixed(0)} ms`);
  }
  sayTheRest(grown, programs.length);
  for (const { program } of programs) program.dispose();
  for (const { process } of [...pytorch, wasm]) process.close();
}

/** The suite's second setting, with gates, on WebAssembly: in a process of its own, as each has one backend. */
function onWasm({ settings }: Suite) {
  const [, setting = ''] = Object.keys(settings);
  const script = fileURLToPath(new URL('wasm-step.ts', import.meta.url));
  const process = startSteps('npx', ['tsx', script, suiteName, setting]);
  return { name: `${setting}, WebAssembly`, setting, process };
}

function sayRatio(subjects: readonly Subject[], slower: string, faster: string): void {
  const mediansOf = (name: string) =>
    subjects.find((subject) => subject.name === name)?.medians ?? [];
  const others = mediansOf(faster);
  const ratio = median(mediansOf(slower).map((time, round) => time / (others[round] ?? NaN)));
  say(`WebAssembly, one thread, takes ${ratio.toFixed(1)} times as long as native (${faster}).`);
}

/** Gives how many tensors were gained. */
async function measureRounds(subjects: readonly Subject[]): Promise<number> {
  const warmUp = 3;
  let tensors = 0;
  for (let round = -warmUp; round < rounds; round++) {
    if (round === 0) ({ numTensors: tensors } = tf.memory());
    for (const subject of subjects) {
      const [, ...times] = await subject.run(stepsPerRound);
      if (round >= 0) subject.medians.push(median(times));
    }
  }
  return tf.memory().numTensors - tensors;
}

function report({ model, batchSize }: Suite, subjects: readonly Subject[]): void {
  say(`\n${model}: milliseconds a step at batch ${batchSize}, ${rounds} rounds\n`);
  say(`${''.padEnd(40)}${'median'.padStart(8)}${'least'.padStart(8)}${'ratio'.padStart(8)}`);
  const base = subjects[0]?.medians ?? [];
  for (const { name, medians } of subjects) {
    const ratio = median(medians.map((time, round) => time / (base[round] ?? NaN)));
    const cells = [median(medians), Math.min(...medians)].map((ms) => ms.toFixed(1));
    say(name.padEnd(40) + [...cells, ratio.toFixed(2)].map((cell) => cell.padStart(8)).join(''));
  }
  say('\nratio: to the first line.');
}

function sayTheRest(grown: number, programs: number): void {
  const bin = fileURLToPath(new URL('../bin/bbits.js', import.meta.url));
  const help = timeEach(7, () => void spawnSync(process.execPath, [bin, '--help']));
  say(`bbits --help: ${median(help).toFixed(0)} ms`);
  const megabytes = process.memoryUsage().rss / 1e6;
  say(
    `tensors gained over all rounds: ${grown}; resident memory: ${megabytes.toFixed(0)} MB, with all ${programs} programs`,
  );
}
