import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendInfo } from '../src/backend/info.js';
import { plainTable } from '../src/cli/output/plain-table.js';
import { UserError } from '../src/errors.js';
import type { BenchOptions } from './options.js';
import { beyondCaches, loadProfiler } from './profile/addon.js';
import { hasPytorch, startPytorch } from './pytorch.js';
import { quantizerBytes } from './quantizer-passes.js';
import { layouts, pytorchName, ratiosOf, type Ratio } from './ratios.js';
import { startSteps } from './step-process.js';
import { measured, noiseDataset } from './step.js';
import { median, timeEach } from './times.js';

const stepsPerRound = 4;
const warmUp = 3;

interface Subject {
  readonly name: string;
  /** Run steps and return the milliseconds of each. */
  readonly run: (steps: number) => Promise<number[]>;
  /** Median of each round, in milliseconds. */
  readonly medians: number[];
  readonly close: () => void;
}

/**
 * Measure the times of training steps and their ratios, interleaved so that other load on the machine affects
 * all alike.
 */
export async function compare(options: BenchOptions, backend: BackendInfo) {
  const { suiteName, suite, rounds } = options;
  const { width, batchSize } = suite;
  const dataset = noiseDataset(suite);
  const programs = Object.entries(suite.settings).map(([name, setting]) => ({
    name,
    program: measured(suite, setting, dataset),
  }));
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
      close: () => {
        program.dispose();
      },
    })),
    ...inProcesses(options, backend).map(({ name, process }) => ({
      name,
      run: (steps: number) => process.run(steps),
      medians: [],
      close: () => {
        process.close();
      },
    })),
  ];

  const tensorsGained = await measureRounds(subjects, rounds);
  const passesMs = await quantizerPassesMs(options, backend);
  const medians = Object.fromEntries(subjects.map(({ name, medians }) => [name, medians]));
  const ratios = ratiosOf(suite, medians, passesMs);
  const [base] = subjects;
  const steps = subjects.map(({ name, medians }) => ({
    name,
    medianMs: median(medians),
    leastMs: Math.min(...medians),
    ratio: median(medians.map((ms, round) => ms / (base?.medians[round] ?? NaN))),
  }));
  const bin = fileURLToPath(new URL('../bin/bbits.js', import.meta.url));
  const helpMs = median(timeEach(7, () => void spawnSync(process.execPath, [bin, '--help'])));
  const evaluationMs = median(timeEach(5, () => programs[1]?.program.evaluate()));
  const residentBytes = process.memoryUsage().rss;
  for (const { close } of subjects) close();

  const figures = { evaluationMs, helpMs, tensorsGained, residentBytes };
  const circumstances = { network: suiteName, width, batchSize, backend, rounds };
  return {
    figures: { ...circumstances, steps, ratios, passesMs, ...figures },
    lines: [
      `\n${suiteName}, width ${width}: milliseconds a step at batch ${batchSize}, ${rounds} rounds\n`,
      plainTable(
        ['', 'median', 'least', `to ${base?.name ?? ''}`],
        steps.map(({ name, medianMs, leastMs, ratio }) => [
          name,
          ...[medianMs, leastMs].map((ms) => ms.toFixed(1)),
          ratio.toFixed(2),
        ]),
      ),
      ...(hasPytorch()
        ? []
        : ['PyTorch is not installed (pip install torch==2.13.0), so it is not compared.']),
      '',
      plainTable(['ratio of', 'to', 'is', 'goal', ''], ratios.map(ratioCells), { alignedLeft: 2 }),
      ...(passesMs === undefined
        ? ['Memory bandwidth could not be measured: that needs Linux and a C++ compiler.']
        : [
            `At memory bandwidth, the quantizers' forward and backward passes take ${passesMs.toFixed(2)} ms.`,
          ]),
      '',
      `evaluation of 1000 images (${programs[1]?.name ?? ''}): ${evaluationMs.toFixed(0)} ms`,
      `bbits --help: ${helpMs.toFixed(0)} ms`,
      `tensors leaked over all rounds: ${tensorsGained}; resident memory: ${(residentBytes / 1e6).toFixed(0)} MB, with all ${programs.length} programs`,
    ],
  };
}

/** Milliseconds of the quantizers' passes at memory bandwidth; undefined if that cannot be measured. */
async function quantizerPassesMs(
  { suite }: BenchOptions,
  { threads }: BackendInfo,
): Promise<number | undefined> {
  try {
    const profiler = await loadProfiler();
    return (1000 * quantizerBytes(suite)) / profiler.bandwidth(beyondCaches, threads);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** PyTorch, if installed, and WebAssembly, each in its own process, since a process has one backend. */
function inProcesses({ suiteName, suite }: BenchOptions, { threads }: BackendInfo) {
  const pytorch = hasPytorch()
    ? layouts.map((layout) => ({
        name: pytorchName(layout),
        process: startPytorch(suite, layout, threads),
      }))
    : [];
  // The second setting has gates.
  const [, setting = ''] = Object.keys(suite.settings);
  const script = fileURLToPath(new URL('wasm-step.ts', import.meta.url));
  const place = [suiteName, setting, String(suite.width), String(suite.batchSize)];
  const process = startSteps('npx', ['tsx', script, ...place]);
  return [...pytorch, { name: `${setting}, WebAssembly, one thread`, process }];
}

/**
 * Measure all subjects in each round, starting with a different one each time: the first subject after the
 * PyTorch and WebAssembly processes finds cold caches (measured: LeNet-5 in full precision a tenth slower).
 *
 * @returns the number of leaked tensors
 */
async function measureRounds(subjects: readonly Subject[], rounds: number): Promise<number> {
  let tensors = 0;
  for (let round = -warmUp; round < rounds; round++) {
    if (round === 0) ({ numTensors: tensors } = tf.memory());
    const first = (round + warmUp) % subjects.length;
    for (const subject of [...subjects.slice(first), ...subjects.slice(0, first)]) {
      const [, ...times] = await subject.run(stepsPerRound);
      if (round >= 0) subject.medians.push(median(times));
    }
  }
  return tf.memory().numTensors - tensors;
}

function ratioCells({ of, to, ratio, goal }: Ratio): string[] {
  const shown = [of, to, ratio.toFixed(3)];
  if (!goal) return [...shown, '', ''];
  const isMost = 'atMost' in goal;
  const isReached = isMost ? ratio <= goal.atMost : ratio >= goal.atLeast;
  return [
    ...shown,
    isMost ? `at most ${goal.atMost.toFixed(2)}` : `at least ${goal.atLeast}`,
    isReached ? 'reached' : 'missed',
  ];
}
