import type { BitWidth } from '../bayesian-bits/gates.js';
import { compareNumbers } from '../text/compare-numbers.js';

/** The bit widths of a network's quantizers, by site. */
export type Widths = ReadonlyMap<string, BitWidth>;

/** A network of the curve, and the change that led to it. */
export interface SensitivityPoint {
  /** The quantizer whose width was lowered; null for the first network. */
  readonly site: string | null;
  readonly widths: Widths;
  /** Bit operations for one image. */
  readonly bops: number;
  /** On held-out training images. */
  readonly validationAccuracyPercent: number;
}

export interface SensitivityInputs {
  readonly start: Widths;
  /** The possible bit widths in ascending order. */
  readonly chain: readonly BitWidth[];
  readonly bops: (widths: Widths) => number;
  /** On held-out training images. */
  readonly accuracyPercent: (widths: Widths) => Promise<number>;
}

/**
 * The sensitivity baseline: starting from the quantizers' initial widths, repeatedly lower the width that
 * costs the least accuracy per saved bit operation, until all widths are minimal.
 *
 * Our own method; it is greedier than the baseline of van Baalen et al., NeurIPS 2020, which ranks each
 * quantizer once.
 *
 * @returns the points in the order of the curve
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
 * The change that costs the least accuracy per saved bit operation; of equal ones, the one that saves the
 * most, then the first. A change that saves nothing (all channels of the layer are dropped) comes last,
 * unless it gains accuracy.
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
