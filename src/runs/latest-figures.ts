import type { RunSummary } from './run-summary.js';

/** Figures after a finished epoch. */
export interface LatestFigures {
  readonly epochs: number;
  readonly testAccuracyPercent: number;
  readonly relativeBopsPercent: number;
}

/**
 * A run's latest figures: its result, or its last epoch if that is later (an extended run has both);
 * undefined before its first epoch.
 */
export function latestFigures({
  result,
  epochs,
}: Pick<RunSummary, 'result' | 'epochs'>): LatestFigures | undefined {
  const last = epochs.at(-1);
  if (result && result.epochs >= (last?.epoch ?? 0)) return result;
  return last && { ...last, epochs: last.epoch };
}
