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

/** Enough that one slow call does not change the median. */
const fewestCalls = 3;

/** Milliseconds per step, in calls of as many steps as possible, after a warm-up. */
export function stepMilliseconds(
  { steps, mostSteps }: { readonly steps: (count: number) => void; readonly mostSteps: number },
  { warmUpSteps, fewestSteps, measuredMs }: Readonly<Record<StepTiming, number>>,
): number {
  const call = () => {
    steps(mostSteps);
  };
  const callsFor = (count: number) => Math.max(fewestCalls, Math.ceil(count / mostSteps));
  const typical = median(timeEach(callsFor(warmUpSteps), call));
  const calls = Math.max(callsFor(fewestSteps), Math.round(measuredMs / typical));
  return median(timeEach(calls, call)) / mostSteps;
}

type StepTiming = 'warmUpSteps' | 'fewestSteps' | 'measuredMs';

/** Minimum milliseconds of `count` calls. */
export function least(count: number, run: () => void): number {
  return Math.min(...timeEach(count, run));
}
