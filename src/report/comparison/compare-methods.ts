import type { FinishedRunSummary } from '../../runs/run-summary.js';
import { groupBy } from '../../text/group-by.js';
import { accuracyRange } from '../figures/accuracy-range.js';
import type { ReportRow } from '../rows.js';
import { spread, type PlusMinus, type Spread } from '../statistics.js';
import { comparableCost, type Cost, type CostUnit } from './cost.js';
import { accuracyAt, curvesOf, hypervolume, type Curve } from './curves.js';
import { difference, type Difference } from './difference.js';

/** What to compare, and at which costs. */
export interface ComparisonOptions {
  readonly at?: readonly Cost[] | undefined;
  /** The baseline method; undefined: the first. */
  readonly against?: string | undefined;
  /** Cost range of the hypervolumes; undefined: the range that all methods cover. */
  readonly between?: readonly [Cost, Cost] | undefined;
  /** Accuracy above which hypervolumes are measured; undefined: the lower end of the accuracy axis. */
  readonly abovePercent?: number | undefined;
  readonly plusMinus?: PlusMinus | undefined;
}

/** Comparison of a table's methods. */
export interface Comparison {
  /** Unit of all costs. */
  readonly unit: CostUnit;
  readonly atCosts: readonly AtCost[];
  /** Costs that are not comparable: percentages for networks of different sizes. */
  readonly without: readonly Cost[];
  /** Undefined if no range of costs is covered by all methods. */
  readonly hypervolume: HypervolumeComparison | undefined;
}

export interface AtCost {
  /** In the comparison's unit. */
  readonly cost: number;
  /** As the user gave it. */
  readonly named: Cost;
  readonly methods: readonly {
    readonly method: string;
    /** Number of all seeds, including those that do not reach the cost and are left out of the mean. */
    readonly seeds: number;
    readonly accuracyPercent: Spread | undefined;
  }[];
  /** Accuracy of `method` minus `less`, in percentage points; `of` is undefined with too few seeds. */
  readonly differences: readonly {
    readonly method: string;
    readonly less: string;
    readonly of: Difference | undefined;
  }[];
}

export interface HypervolumeComparison {
  /** Ends of the cost range, in the comparison's unit. */
  readonly from: number;
  readonly to: number;
  readonly abovePercent: number;
  readonly methods: readonly {
    readonly method: string;
    /** In percent times decades. */
    readonly area: Spread;
    /** Number of runs left out: constant networks and networks of zero cost. */
    readonly excluded: number;
  }[];
}

/**
 * Compare the methods of a table's rows.
 *
 * @param fullBops bit operations at 32 bits with all channels; undefined if they differ between networks
 */
export function compareMethods(
  rows: readonly ReportRow[],
  fullBops: number | undefined,
  options: ComparisonOptions,
): Comparison {
  const unit = fullBops === undefined ? 'bops' : 'percent';
  const { at = [], against, plusMinus } = options;
  const methods = [...groupBy(rows, ({ method }) => method)].map(([method, own]) => ({
    method,
    rows: own,
    curves: curvesOf(own, unit),
  }));
  const isBase = ({ method }: { method: string }) =>
    against !== undefined && method.toLowerCase() === against.trim().toLowerCase();
  const base = methods.find(isBase) ?? methods[0];
  const placed = at.flatMap((named) => {
    const cost = comparableCost(named, fullBops);
    return cost === undefined ? [] : [{ cost, named }];
  });
  const atCosts = placed.map(({ cost, named }): AtCost => {
    const bySeed = methods.map(({ curves }) => reached(curves, Math.log10(cost)));
    const ofBase = base && bySeed[methods.indexOf(base)];
    return {
      cost,
      named,
      methods: methods.map(({ method, curves }, index) => {
        const values = [...(bySeed[index]?.values() ?? [])];
        const accuracyPercent = values.length === 0 ? undefined : spread(values, plusMinus);
        return { method, seeds: curves.length, accuracyPercent };
      }),
      differences: methods.flatMap((other, index) => {
        const values = bySeed[index];
        if (base === undefined || other === base || !ofBase?.size || !values?.size) return [];
        const isPaired = arePairs(base.rows, other.rows);
        const of = difference(ofBase, values, isPaired);
        return [{ method: base.method, less: other.method, of }];
      }),
    };
  });
  const between = options.between?.map((cost) => comparableCost(cost, fullBops));
  return {
    unit,
    atCosts,
    without: at.filter((cost) => comparableCost(cost, fullBops) === undefined),
    hypervolume: hypervolumes(methods, rows, between, options),
  };
}

/** Accuracies at a cost, by seed, for the seeds that reach it. */
function reached(curves: readonly Curve[], logCost: number): Map<number, number> {
  return new Map(
    curves.flatMap(({ seed, points }) => {
      const accuracy = accuracyAt(points, logCost);
      return accuracy === undefined ? [] : [[seed, accuracy] as const];
    }),
  );
}

/** Whether runs of the same seed are pairs, with equal batches and initial weights. */
function arePairs(one: readonly ReportRow[], other: readonly ReportRow[]): boolean {
  const starts = (rows: readonly ReportRow[]) =>
    groupBy(
      rows.flatMap(({ runs }) => runs),
      ({ config }) => config.seed,
    );
  const [a, b] = [starts(one), starts(other)];
  return [...a].every(([seed, runs]) => {
    const all = [...runs, ...(b.get(seed) ?? [])].map(startOf);
    return new Set(all).size === 1;
  });
}

function startOf({ config, origin }: FinishedRunSummary): string {
  const { batchSize, images, validationImages } = config.training;
  const { augmentation, shiftPixels, cutoutPixels, mixupAlpha } = config.training;
  const { parent } = origin;
  return JSON.stringify([
    config.model,
    [batchSize, images ?? null, validationImages],
    [augmentation, shiftPixels, cutoutPixels, mixupAlpha],
    parent === undefined ? null : (parent.weights ?? parent.folder),
  ]);
}

function hypervolumes(
  methods: readonly { readonly method: string; readonly curves: readonly Curve[] }[],
  rows: readonly ReportRow[],
  between: readonly (number | undefined)[] | undefined,
  { abovePercent, plusMinus }: ComparisonOptions,
): HypervolumeComparison | undefined {
  // A method with one cost covers no range.
  const wide = methods.filter(({ curves }) => rangeOf(curves)[1] > rangeOf(curves)[0]);
  const ranges = wide.map(({ curves }) => rangeOf(curves));
  const covered = [
    Math.max(...ranges.map(([low]) => low)),
    Math.min(...ranges.map(([, high]) => high)),
  ] as const;
  const [from = NaN, to = NaN] = between?.map((cost) => Math.log10(cost ?? NaN)) ?? covered;
  if (wide.length === 0 || !(from < to)) return undefined;
  const above = abovePercent ?? Math.floor(Math.min(...accuracyRange(rows, []).shown));
  return {
    from: 10 ** from,
    to: 10 ** to,
    abovePercent: above,
    methods: wide.map(({ method, curves }) => ({
      method,
      area: spread(
        curves.map(({ points }) => hypervolume(points, [from, to], above)),
        plusMinus,
      ),
      excluded: curves.reduce((sum, { excluded }) => sum + excluded, 0),
    })),
  };
}

/** The range of costs that all seeds of a method cover, in log10. */
function rangeOf(curves: readonly Curve[]): readonly [number, number] {
  return [
    Math.max(...curves.map(({ points }) => points[0]?.logCost ?? Infinity)),
    Math.min(...curves.map(({ points }) => points.at(-1)?.logCost ?? -Infinity)),
  ];
}
