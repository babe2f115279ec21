import type { BitWidth } from '../bayesian-bits/gates.js';
import { compareNumbers } from '../text/compare-numbers.js';

/** The widths of a network's quantizers, by site. */
export type Widths = ReadonlyMap<string, BitWidth>;

/** A network of the curve, and the step that led to it. */
export interface SensitivityPoint {
  /** The quantizer that was lowered; null: where it starts. */
  readonly site: string | null;
  readonly widths: Widths;
  /** Bit operations for one image. */
  readonly bops: number;
  /** On held-out training images. */
  readonly validationAccuracyPercent: number;
}

export interface SensitivityInputs {
  readonly start: Widths;
  /** The widths that a quantizer can have, in rising order; the first ends its way down. */
  readonly chain: readonly BitWidth[];
  readonly bops: (widths: Widths) => number;
  /** On held-out training images. */
  readonly accuracyPercent: (widths: Widths) => Promise<number>;
}

/**
 * The sensitivity baseline: from where the quantizers start down to the smallest width of all, again
 * and again lower the one that costs the least accuracy for each bit operation that it saves.
 *
 * Ours; greedier than ranking each quantizer once, as van Baalen et al., NeurIPS 2020, do for comparison.
 *
 * @returns the points as they are found, from the start on
 */
export async function* sensitivityCurve(
  inputs: SensitivityInputs,
): AsyncGenerator<SensitivityPoint> {
  const pointAt = async (site: string | null, widths: Widths): Promise<SensitivityPoint> => ({
    site,
    widths,
    bops: inputs.bops(widths),
    validationAccuracyPercent: await inputs.accuracyPercent(widths),
  });
  let point: SensitivityPoint | undefined = await pointAt(null, inputs.start);
  while (point) {
    yield point;
    const candidates: SensitivityPoint[] = [];
    for (const [site, width] of point.widths) {
      const lower = inputs.chain[inputs.chain.indexOf(width) - 1];
      if (lower !== undefined) {
        candidates.push(await pointAt(site, new Map(point.widths).set(site, lower)));
      }
    }
    point = cheapest(point, candidates);
  }
}

/**
 * Of equal ones the one that saves more, then the first. What saves nothing (all channels of the layer
 * are dropped) costs infinitely much for each bit operation, so that it is last; unless it gains accuracy.
 */
function cheapest(
  from: SensitivityPoint,
  candidates: readonly SensitivityPoint[],
): SensitivityPoint | undefined {
  const cost = (to: SensitivityPoint) => {
    const lost = from.validationAccuracyPercent - to.validationAccuracyPercent;
    const saved = from.bops - to.bops;
    return lost === 0 && saved === 0 ? Infinity : lost / saved;
  };
  return candidates.toSorted(
    (a, b) => compareNumbers(cost(a), cost(b)) || compareNumbers(a.bops, b.bops),
  )[0];
}
