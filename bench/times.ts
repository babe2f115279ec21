/** Milliseconds of each of `count` calls. */
export function timeEach(count: number, run: () => void): number[] {
  return Array.from({ length: count }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Minimum milliseconds of `count` calls. */
export function least(count: number, run: () => void): number {
  return Math.min(...timeEach(count, run));
}
