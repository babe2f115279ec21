import { compareNumbers } from '../text/compare-numbers.js';

/** What is gained and what it costs. */
export interface TradeOff {
  readonly accuracyPercent: number;
  /** Bit operations, in any one unit. */
  readonly bops: number;
  /** Gives the same for every image: what that costs is no trade for accuracy. */
  readonly isConstant?: boolean;
}

/**
 * Which points are on the Pareto front: those that no other one beats. One beats another if it has no
 * less accuracy and no more bit operations, and is better in one of them; so equal points are on it
 * together. A constant, or a point with a NaN, is not on it, and beats none.
 */
export function paretoFront(points: readonly TradeOff[]): boolean[] {
  const isOnFront = points.map(() => false);
  const order = points
    .map((point, index) => ({ ...point, index }))
    .filter(
      ({ accuracyPercent, bops, isConstant }) =>
        !isConstant && !Number.isNaN(accuracyPercent) && !Number.isNaN(bops),
    )
    .sort(
      (a, b) =>
        compareNumbers(a.bops, b.bops) || compareNumbers(b.accuracyPercent, a.accuracyPercent),
    );
  // From cheap to dear: each has to be better than all before it, or the same as the last on the front.
  let best: TradeOff | undefined;
  for (const { index, ...point } of order) {
    const isSame = point.accuracyPercent === best?.accuracyPercent && point.bops === best.bops;
    if (best && !isSame && point.accuracyPercent <= best.accuracyPercent) continue;
    isOnFront[index] = true;
    best = point;
  }
  return isOnFront;
}
