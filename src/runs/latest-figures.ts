import type { RunSummary } from './run-summary.js';

/** What a network was after a finished epoch. */
export interface LatestFigures {
  readonly epochs: number;
  readonly testAccuracyPercent: number;
  readonly relativeBopsPercent: number;
}

/**
 * What a run has come to: its result, or its last epoch where that is later (a run that was finished
 * and then extended has both); undefined before its first epoch.
 */
export function latestFigures({
  result,
  epochs,
}: Pick<RunSummary, 'result' | 'epochs'>): LatestFigures | undefined {
  const last = epochs.at(-1);
  if (result && result.epochs >= (last?.epoch ?? 0)) return result;
  return last && { ...last, epochs: last.epoch };
}
