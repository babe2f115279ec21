import { groupBy } from '../../src/text/group-by.js';
import { floorMs, workByOp, type Rates } from './floor.js';
import { shareOut } from './shares.js';
import { kernelRuns } from './step-stats.js';
import type { TimedStep } from './timed-step.js';

/** A part of a step's time. */
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

/**
 * All of a step's time, but for what comes after the last kernel: in a step with a trace that is putting the trace
 * together, which no other step does. Its milliseconds are `traceMs`.
 */
export function rowsOf(
  { ms, batchMs, bindingMs, run: [start, end, metadata] }: TimedStep,
  rates: Rates,
): { rows: Row[]; traceMs: number } {
  const kernels = kernelRuns(metadata);
  const { byOp, executor, after } = shareOut(kernels, start, end);
  const work = workByOp(kernels);
  const outside = (name: string, ms: number): Row => {
    return { name, kind: 'outside of kernels', runs: 1, ms, floorMs: 0 };
  };
  const rows = [
    ...Array.from(byOp, ([name, { count, nanoseconds }]): Row => {
      const floor = floorMs(work.get(name) ?? { operations: 0, bytes: 0 }, rates);
      return { name, kind: 'kernel', runs: count, ms: nanoseconds / 1e6, floorMs: floor };
    }),
    outside("TensorFlow's executor", executor / 1e6),
    outside('feeds, fetches, read-back', bindingMs - Number(end - start) / 1e6),
    outside('batch', batchMs),
    outside('gates, prices, ranges', ms - batchMs - bindingMs),
  ];
  return { rows, traceMs: after / 1e6 };
}

/** The rows of several steps as one: which levels a gate's draw turns on may differ from step to step. */
export function meanRows(steps: readonly (readonly Row[])[]): Row[] {
  const meanOf = (rows: readonly Row[], figure: 'runs' | 'ms' | 'floorMs') =>
    rows.reduce((sum, row) => sum + row[figure], 0) / steps.length;
  return [...groupBy(steps.flat(), ({ name }) => name).values()].map((rows) => ({
    ...(rows[0] as Row),
    runs: meanOf(rows, 'runs'),
    ms: meanOf(rows, 'ms'),
    floorMs: meanOf(rows, 'floorMs'),
  }));
}
