import { compareNumbers } from '../text/compare-numbers.js';

/** Accuracy and its cost. */
export interface TradeOff {
  readonly accuracyPercent: number;
  /** Bit operations, in any one unit. */
  readonly bops: number;
  /** Whether the output is the same for every image, which is no trade-off. */
  readonly isConstant?: boolean;
}

/**
 * Mark the points on the Pareto front: those that no other point dominates. A point dominates another if it
 * has no less accuracy and no more bit operations, and is better in one of them; so equal points are on the
 * front together. A constant network or a point with a NaN is never on the front and dominates none.
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
  // By increasing cost, a point on the front improves on the best accuracy so far, or equals the best point.
  let best: TradeOff | undefined;
  for (const { index, ...point } of order) {
    const isSame = point.accuracyPercent === best?.accuracyPercent && point.bops === best.bops;
    if (best && !isSame && point.accuracyPercent <= best.accuracyPercent) continue;
    isOnFront[index] = true;
    best = point;
  }
  return isOnFront;
}
