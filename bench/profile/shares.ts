import type { KernelRun } from './step-stats.js';

/** Nanoseconds of a session's run, each moment counted once. */
export interface Shares {
  readonly byOp: ReadonlyMap<string, { readonly count: number; readonly nanoseconds: number }>;
  /** From the start to the first kernel, and while none runs: TensorFlow's executor. */
  readonly executor: number;
  /** After the last kernel: with a trace, that is put together here. */
  readonly after: number;
}

/**
 * Shares out the time from `start` to `end`: a moment belongs in equal parts to the kernels that run in it, so
 * that the parts add up to the whole, however many run at once. What a kernel's own threads do is inside its run.
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
