import { groupBy } from '../../src/text/group-by.js';
import { floorMs, workByOp, type Rates } from './floor.js';
import { shareOut } from './shares.js';
import { kernelRuns } from './step-stats.js';
import type { TimedStep } from './timed-step.js';

/** A part of a step's time. */
export interface Row {
  /** A TensorFlow kernel's name, or a description of other work. */
  readonly name: string;
  readonly kind: 'kernel' | 'outside of kernels';
  /** Runs of the kernel per step. */
  readonly runs: number;
  readonly ms: number;
  /** Minimum time of its operations, or of the bytes that it reads and writes, at the measured rates. */
  readonly floorMs: number;
}

/**
 * A step's time in rows, except the time after the last kernel, `traceMs`: there a traced step assembles its
 * trace, and other steps do nothing.
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

/** The mean rows of several steps, whose kernels may differ with the sampled gates. */
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
