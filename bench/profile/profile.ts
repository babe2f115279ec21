import * as tf from '@tensorflow/tfjs-core';
import { findNativeBackend } from '../../src/compile/native-backend.js';
import { groupBy } from '../../src/text/group-by.js';
import { measured, noiseDataset, type Measured } from '../step.js';
import type { Suite } from '../suites.js';
import { least } from '../times.js';
import type { ProfilerAddon, SessionRun } from './addon.js';
import { floorMs, workByOp, type Rates } from './floor.js';
import { shareOut } from './shares.js';
import { kernelRuns, type KernelRun } from './step-stats.js';

/** A part of the step's time. */
export interface Row {
  /** A TensorFlow kernel's name, or in words what is not one. */
  readonly name: string;
  readonly kind: 'kernel' | 'outside of kernels';
  /** Of the kernel, in a step. */
  readonly runs: number;
  readonly ms: number;
  /** The least that its operations, or the bytes that it reads and writes, take at the measured rates. */
  readonly floorMs: number;
}

export interface Profile {
  /** Without a trace: what the rows are to add up to. */
  readonly stepMs: number;
  /** The processor's time in such a step. */
  readonly processorMs: number;
  readonly rows: readonly Row[];
  readonly rates: Rates;
  /** The kernels of one step, and when its session's run began, in nanoseconds since 1970. */
  readonly kernels: readonly KernelRun[];
  readonly start: bigint;
}

interface Step {
  readonly ms: number;
  readonly processorMs: number;
  readonly batchMs: number;
  /** In tfjs-node's binding, TensorFlow's session included. */
  readonly bindingMs: number;
  readonly run: SessionRun;
}

const warmUp = 5;
/** No cache is as large. */
const passBytes = 256 * 2 ** 20;

/**
 * Profiles a setting's training step. Steps with a trace alternate with steps without one, so that whatever else
 * the machine does falls on both alike; of both the faster half counts, as the one less disturbed.
 *
 * @param rounds steps of each kind
 */
export function profile(
  suite: Suite,
  settingName: string,
  threads: number,
  addon: ProfilerAddon,
  rounds: number,
): Profile {
  const setting = suite.settings[settingName];
  if (!setting) throw new Error(`no setting "${settingName}"`);
  const program = measured(suite, setting, noiseDataset(suite));
  for (let step = 0; step < warmUp; step++) program.step();
  const plain: Step[] = [];
  const traced: Step[] = [];
  const bindingTime = watchBinding();
  try {
    for (let round = 0; round < rounds; round++) {
      plain.push(timedStep(program, addon, bindingTime, false));
      traced.push(timedStep(program, addon, bindingTime, true));
    }
  } finally {
    bindingTime.stop();
  }
  program.dispose();
  const rates = measuredRates(addon, threads);
  const undisturbed = fasterHalf(plain);
  const [example] = fasterHalf(traced) as [Step];
  return {
    stepMs: mean(undisturbed.map(({ ms }) => ms)),
    processorMs: mean(undisturbed.map(({ processorMs }) => processorMs)),
    rows: meanRows(fasterHalf(traced).map((step) => rowsOf(step, rates))),
    rates,
    kernels: kernelRuns(example.run[2]),
    start: example.run[0],
  };
}

function timedStep(
  program: Measured,
  addon: ProfilerAddon,
  bindingTime: { take(): number },
  isTraced: boolean,
): Step {
  addon.setTracing(isTraced);
  addon.takeRuns();
  bindingTime.take();
  const processor = process.cpuUsage();
  const start = performance.now();
  const batch = program.nextBatch();
  const afterBatch = performance.now();
  program.train(batch);
  const end = performance.now();
  const { user, system } = process.cpuUsage(processor);
  addon.setTracing(false);
  const [run, ...more] = addon.takeRuns();
  if (!run || more.length > 0)
    throw new Error(`a step ran ${more.length + 1} sessions; expected 1`);
  return {
    ms: end - start,
    processorMs: (user + system) / 1000,
    batchMs: afterBatch - start,
    bindingMs: bindingTime.take(),
    run,
  };
}

/** All of a step's time, but for what putting the trace together took. */
function rowsOf(
  { ms, batchMs, bindingMs, run: [start, end, metadata] }: Step,
  rates: Rates,
): Row[] {
  const runs = kernelRuns(metadata);
  const { byOp, executor } = shareOut(runs, start, end);
  const work = workByOp(runs);
  const outside = (name: string, ms: number): Row => ({
    name,
    kind: 'outside of kernels',
    runs: 1,
    ms,
    floorMs: 0,
  });
  return [
    ...Array.from(byOp, ([name, { count, nanoseconds }]): Row => {
      const least = work.get(name) ?? { operations: 0, bytes: 0 };
      const floor = floorMs(least, rates);
      return { name, kind: 'kernel', runs: count, ms: nanoseconds / 1e6, floorMs: floor };
    }),
    outside("TensorFlow's executor", executor / 1e6),
    outside('feeds, fetches, read-back', bindingMs - Number(end - start) / 1e6),
    outside('batch', batchMs),
    outside('gates, prices, ranges', ms - batchMs - bindingMs),
  ];
}

/** The rows of several steps as one: which levels a gate's draw turns on may differ from step to step. */
function meanRows(steps: readonly (readonly Row[])[]): Row[] {
  const named = groupBy(steps.flat(), ({ name }) => name);
  const meanOf = (rows: readonly Row[], figure: (row: Row) => number) =>
    rows.reduce((sum, row) => sum + figure(row), 0) / steps.length;
  return [...named.values()].map((rows) => ({
    ...(rows[0] as Row),
    runs: meanOf(rows, ({ runs }) => runs),
    ms: meanOf(rows, ({ ms }) => ms),
    floorMs: meanOf(rows, ({ floorMs }) => floorMs),
  }));
}

/** Adds up the time in tfjs-node's binding. */
function watchBinding() {
  const backend = findNativeBackend();
  if (!backend) throw new Error('a profile needs native TensorFlow');
  const { binding } = backend;
  let ms = 0;
  const timed = Object.create(binding, {
    ...Object.fromEntries(
      Object.getOwnPropertyNames(binding)
        .map((name) => [name, Reflect.get(binding, name) as unknown] as const)
        .filter(([, value]) => typeof value === 'function')
        .map(([name, value]) => [name, { value: timedCall(value as Call) }]),
    ),
  }) as typeof binding;
  Object.assign(backend, { binding: timed });
  return {
    /** Milliseconds since the last call. */
    take() {
      const taken = ms;
      ms = 0;
      return taken;
    },
    stop() {
      Object.assign(backend, { binding });
    },
  };

  type Call = (...given: unknown[]) => unknown;
  function timedCall(call: Call): Call {
    return (...given) => {
      const start = performance.now();
      try {
        return call(...given);
      } finally {
        ms += performance.now() - start;
      }
    };
  }
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
    bytes: addon.bandwidth(passBytes, threads),
  };
}

function fasterHalf(steps: readonly Step[]): Step[] {
  return steps.toSorted((a, b) => a.ms - b.ms).slice(0, Math.ceil(steps.length / 2));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
