import * as tf from '@tensorflow/tfjs-core';
import { measured, noiseDataset } from '../step.js';
import type { Suite } from '../suites.js';
import { least } from '../times.js';
import { beyondCaches, type ProfilerAddon } from './addon.js';
import type { Rates } from './floor.js';
import { meanRows, rowsOf, type Row } from './rows.js';
import { kernelRuns, type KernelRun } from './step-stats.js';
import { timedStep, type TimedStep } from './timed-step.js';

export interface Profile {
  /** Milliseconds of a step without a trace, which the rows should add up to. */
  readonly stepMs: number;
  /** Processor time of such a step. */
  readonly processorMs: number;
  readonly rows: readonly Row[];
  readonly rates: Rates;
  /** The kernels of one step, and the start of its session run, in nanoseconds since 1970. */
  readonly kernels: readonly KernelRun[];
  readonly start: bigint;
}

const warmUp = 5;
/** Minimum and maximum number of traced steps, as time allows; each follows one without a trace. */
const [fewest, most] = [8, 40];
const enoughMs = 60_000;

/**
 * Profile a setting's training step. Steps with and without a trace alternate, so that other load on the
 * machine affects both alike; the fastest quarter of each counts, as the least disturbed.
 */
export function profile(
  suite: Suite,
  settingName: string,
  threads: number,
  addon: ProfilerAddon,
): Profile {
  const setting = suite.settings[settingName];
  if (!setting) throw new Error(`no setting "${settingName}"`);
  const program = measured(suite, setting, noiseDataset(suite));
  for (let step = 0; step < warmUp; step++) program.step();
  const begun = performance.now();
  const steps: { plain: TimedStep; traced: TimedStep }[] = [];
  const isEnough = () => steps.length >= fewest && performance.now() - begun > enoughMs;
  while (steps.length < most && !isEnough()) {
    const plain = timedStep(program, addon, { isTraced: false });
    steps.push({ plain, traced: timedStep(program, addon, { isTraced: true }) });
  }
  program.dispose();
  const rates = measuredRates(addon, threads);
  const plain = fastest(steps.map((pair) => pair.plain));
  const traced = fastest(steps.map((pair) => pair.traced));
  const [start, , metadata] = (traced[0] as TimedStep).run;
  return {
    stepMs: mean(plain.map(({ ms }) => ms)),
    processorMs: mean(plain.map(({ processorMs }) => processorMs)),
    rows: meanRows(traced.map((step) => rowsOf(step, rates).rows)),
    rates,
    kernels: kernelRuns(metadata),
    start,
  };
}

function measuredRates(addon: ProfilerAddon, threads: number): Rates {
  const size = 1024;
  const [a, b] = [tf.randomUniform([size, size]), tf.randomUniform([size, size])];
  const ms = least(40, () => {
    const product = tf.matMul(a, b);
    product.dataSync();
    product.dispose();
  });
  tf.dispose([a, b]);
  return {
    operations: (2000 * size ** 3) / ms,
    bytes: addon.bandwidth(beyondCaches, threads),
  };
}

function fastest(steps: readonly TimedStep[]): TimedStep[] {
  return steps.toSorted((a, b) => a.ms - b.ms).slice(0, Math.ceil(steps.length / 4));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
