import { allEpochs } from '../../setup/epochs.js';
import { epochsDone, type JobProgress } from '../../sweep/job.js';
import type { NamedPoint } from '../../sweep/points.js';
import { clock } from '../../text/clock.js';

/** Estimates the time that is left for all points of a sweep. */
export interface TimeLeft {
  start(points: readonly NamedPoint[]): void;
  progress(point: NamedPoint, done: JobProgress): void;
  ended(point: NamedPoint): void;
  /** In words. */
  text(): string;
}

/**
 * From how long epochs of any points have taken so far.
 *
 * @param jobs that run at the same time
 */
export function estimateTimeLeft(jobs: number): TimeLeft {
  /** Epochs of each point that was started: done at its first news, and now. */
  const epochs = new Map<NamedPoint, { readonly first: number; readonly now: number }>();
  /** The points that are not over. */
  let left = new Set<NamedPoint>();
  /** When the first news came: what starts up before that is no measure. */
  let start: number | undefined;
  return {
    start(points) {
      left = new Set(points);
    },
    progress(point, done) {
      start ??= performance.now();
      const now = epochsDone(done);
      // A run that goes on has epochs behind it that took no time now.
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
      // Fewer run at a time in the end.
      return clock((each * remaining * jobs) / Math.max(1, Math.min(jobs, left.size)));
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
