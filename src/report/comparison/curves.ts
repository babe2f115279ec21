import { compareNumbers } from '../../text/compare-numbers.js';
import { costOf, type CostUnit } from './cost.js';
import { heldOutPercent, type ReportRow } from '../rows.js';

/** A run as a point on its method's curve. */
export interface CurvePoint {
  /** log10 of the cost. */
  readonly logCost: number;
  readonly accuracyPercent: number;
  /** Accuracy that decides the choice between points: held-out if available, else test accuracy. */
  readonly choicePercent: number;
}

/** A method's runs of one seed by increasing cost, without constant networks and those of zero cost. */
export interface Curve {
  readonly seed: number;
  readonly points: readonly CurvePoint[];
  /** Number of runs left out. */
  readonly excluded: number;
}

/** A method's curves, one per seed. */
export function curvesOf(rows: readonly ReportRow[], unit: CostUnit): Curve[] {
  const seeds = [...new Set(rows.flatMap((row) => row.seeds))].sort(compareNumbers);
  return seeds.map((seed) => {
    const runs = rows.flatMap((row) =>
      row.runs.flatMap((run, index) =>
        run.config.seed === seed
          ? [{ result: run.result, isConstant: isConstant(row, index) }]
          : [],
      ),
    );
    const kept = runs.filter(
      ({ isConstant, result }) => !isConstant && result.relativeBopsPercent > 0,
    );
    return {
      seed,
      excluded: runs.length - kept.length,
      points: kept
        .map(({ result }) => ({
          logCost: Math.log10(costOf(result, unit)),
          accuracyPercent: result.testAccuracyPercent,
          choicePercent: heldOutPercent(result) ?? result.testAccuracyPercent,
        }))
        .sort(
          (a, b) =>
            compareNumbers(a.logCost, b.logCost) ||
            compareNumbers(b.choicePercent, a.choicePercent),
        ),
    };
  });
}

function isConstant({ constantNetworks, runs }: ReportRow, index: number): boolean {
  if (constantNetworks === 0) return false;
  const { result, network } = runs[index] ?? {};
  return result?.isConstant ?? network?.totals.isConstant ?? false;
}

/**
 * Interpolate a seed's accuracy at a cost, linearly in log10 of bit operations between its adjacent points;
 * of several points at one cost, the one with the highest `choicePercent` counts. Undefined outside the range
 * of its points: nothing is extrapolated.
 */
export function accuracyAt(points: readonly CurvePoint[], logCost: number): number | undefined {
  const same = points.find((point) => point.logCost === logCost);
  if (same) return same.accuracyPercent;
  const above = points.find((point) => point.logCost > logCost);
  const below = points.filter((point) => point.logCost < logCost);
  const cheaper = below.find((point) => point.logCost === below.at(-1)?.logCost);
  if (above === undefined || cheaper === undefined) return undefined;
  const share = (logCost - cheaper.logCost) / (above.logCost - cheaper.logCost);
  return cheaper.accuracyPercent + share * (above.accuracyPercent - cheaper.accuracyPercent);
}

/**
 * Area between an accuracy and a seed's front over log10 of bit operations, in percent times decades. The
 * front is a step function: at each cost, the accuracy of the point chosen among those that cost no more.
 */
export function hypervolume(
  points: readonly CurvePoint[],
  [from, to]: readonly [number, number],
  abovePercent: number,
): number {
  const steps: { readonly logCost: number; readonly accuracyPercent: number }[] = [];
  let best: CurvePoint | undefined;
  for (const point of points) {
    if (point.logCost > to) break;
    if (best !== undefined && point.choicePercent <= best.choicePercent) continue;
    best = point;
    steps.push({ ...point, logCost: Math.max(from, point.logCost) });
  }
  return steps.reduce((area, { logCost, accuracyPercent }, index) => {
    const width = (steps[index + 1]?.logCost ?? to) - logCost;
    return area + width * Math.max(0, accuracyPercent - abovePercent);
  }, 0);
}
