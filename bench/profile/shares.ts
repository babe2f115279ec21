import type { KernelRun } from './step-stats.js';

/** Nanoseconds of a session run, each moment counted once. */
export interface Shares {
  readonly byOp: ReadonlyMap<string, { readonly count: number; readonly nanoseconds: number }>;
  /** From the start to the first kernel, and while none runs: TensorFlow's executor. */
  readonly executor: number;
  /** After the last kernel; a traced run assembles its trace here. */
  readonly after: number;
}

/**
 * Divide the time from `start` to `end`: each moment is shared equally by the kernels running then, so that
 * the parts add up to the whole. Work in a kernel's own threads belongs to its run.
 */
export function shareOut(runs: readonly KernelRun[], start: bigint, end: bigint): Shares {
  const moments = runs
    .flatMap(({ op, start, end }) => [
      { at: start, op, change: 1 },
      { at: end, op, change: -1 },
    ])
    .sort((a, b) => Number(a.at - b.at));
  const nanoseconds = new Map<string, number>();
  const running = new Map<string, number>();
  let [executor, count, last] = [0, 0, start];
  for (const { at, op, change } of moments) {
    const passed = Number(at - last);
    if (count === 0) executor += passed;
    for (const [name, ofName] of running) {
      if (ofName > 0)
        nanoseconds.set(name, (nanoseconds.get(name) ?? 0) + (passed * ofName) / count);
    }
    running.set(op, (running.get(op) ?? 0) + change);
    count += change;
    last = at;
  }
  const counts = new Map<string, number>();
  for (const { op } of runs) counts.set(op, (counts.get(op) ?? 0) + 1);
  const byOp = Array.from(counts, ([op, count]) => {
    return [op, { count, nanoseconds: nanoseconds.get(op) ?? 0 }] as const;
  });
  return { byOp: new Map(byOp), executor, after: Number(end - last) };
}
