import { allEpochs } from '../../setup/epochs.js';
import { epochsDone, type JobProgress } from '../../sweep/job.js';
import type { NamedPoint } from '../../sweep/points.js';
import { clock } from '../../text/clock.js';

/** Estimate of the remaining time for all points of a sweep. */
export interface TimeLeft {
  start(points: readonly NamedPoint[]): void;
  progress(point: NamedPoint, done: JobProgress): void;
  ended(point: NamedPoint): void;
  /** The estimate; `--:--` before there is one. */
  text(): string;
}

/**
 * Estimate from the duration of all points' epochs so far.
 *
 * @param jobs number of jobs that run at the same time
 */
export function estimateTimeLeft(jobs: number): TimeLeft {
  /** Epochs done by each started point: at its first report, and now. */
  const epochs = new Map<NamedPoint, { readonly first: number; readonly now: number }>();
  /** Points that have not ended. */
  let left = new Set<NamedPoint>();
  /** When the first report arrived: start-up before it does not count. */
  let start: number | undefined;
  return {
    start(points) {
      left = new Set(points);
    },
    progress(point, done) {
      start ??= performance.now();
      const now = epochsDone(done);
      // A resumed run's earlier epochs took no time in this sweep.
      epochs.set(point, { first: epochs.get(point)?.first ?? now, now });
    },
    ended(point) {
      left.delete(point);
    },
    text() {
      const done = sum([...epochs.values()].map(({ first, now }) => now - first));
      if (start === undefined || done <= 0) return '--:--';
      const each = (performance.now() - start) / 1000 / done;
      const remaining = sum(
        [...left].map((point) => allEpochs(point.config) - (epochs.get(point)?.now ?? 0)),
      );
      // Toward the end, fewer jobs run at the same time.
      return clock((each * remaining * jobs) / Math.max(1, Math.min(jobs, left.size)));
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
