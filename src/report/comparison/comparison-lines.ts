import { counted } from '../../text/counted.js';
import { accuracyPlaces } from '../../text/figures.js';
import { formatAccuracies } from '../format.js';
import type { AtCost, Comparison, HypervolumeComparison } from './compare-methods.js';
import { formatCost, formatCosts, type Cost, type CostUnit } from './cost.js';
import type { Difference } from './difference.js';

/** A heading and the lines below it. */
export interface ComparisonPart {
  readonly title: string;
  readonly lines: readonly ComparisonLine[];
}

export interface ComparisonLine {
  readonly text: string;
  /** The methods whose runs the line is about. */
  readonly methods: readonly string[];
}

/** Describe a comparison of methods in words and numbers. */
export function comparisonParts({
  unit,
  atCosts,
  without,
  hypervolume,
}: Comparison): ComparisonPart[] {
  return [
    ...atCosts.map(atCost),
    ...without.map(noCost),
    hypervolume ? volumes(hypervolume, unit) : noVolumes,
  ];
}

function noCost(cost: Cost): ComparisonPart {
  const text =
    'Networks differ in size here, and a percentage is relative to each network itself: give bit operations, as in --at 20M.';
  return { title: `Accuracy at ${formatCost(cost)}`, lines: [{ text, methods: [] }] };
}

function atCost({ named, methods, differences }: AtCost): ComparisonPart {
  return {
    title: `Accuracy at ${formatCost(named)}`,
    lines: [
      ...methods.map(({ method, seeds, accuracyPercent }) => {
        if (accuracyPercent === undefined) {
          return { text: `${method}: no seed reaches this cost`, methods: [method] };
        }
        const n = accuracyPercent.values.length;
        const of = n < seeds ? ` of ${seeds} seeds` : '';
        const text = `${method}: ${formatAccuracies(accuracyPercent)} % (n = ${n}${of})`;
        return { text, methods: [method] };
      }),
      ...differences.map(({ method, less, of }) => ({
        text: `${method} minus ${less}: ${inWords(of)}`,
        methods: [method, less],
      })),
    ],
  };
}

function inWords(found: Difference | undefined): string {
  if (found === undefined) return 'too few seeds for an interval';
  const { mean, halfInterval, by, counts, holdsZero } = found;
  const sign = mean < 0 ? '−' : '+';
  const figures = `${sign}${Math.abs(mean).toFixed(accuracyPlaces)} ± ${halfInterval.toFixed(accuracyPlaces)}`;
  const how =
    by === 'pairs' ? counted(counts[0] ?? 0, 'pair') : `Welch, n = ${counts.join(' and ')}`;
  const what = holdsZero
    ? 'the 95 % interval contains 0, so no difference is shown'
    : 'the 95 % interval does not contain 0';
  return `${figures} (${how}): ${what}`;
}

const noVolumes: ComparisonPart = {
  title: 'Hypervolume',
  lines: [
    {
      text: 'There is no range of costs that all methods cover: choose fewer methods with --only, or a range with --between (in bit operations if networks differ in size).',
      methods: [],
    },
  ],
};

function volumes(
  { from, to, abovePercent, methods }: HypervolumeComparison,
  unit: CostUnit,
): ComparisonPart {
  return {
    title:
      `Hypervolume above ${abovePercent} % accuracy from ${formatCosts(from, to, unit)}, ` +
      'in percent times decades',
    lines: methods.map(({ method, area, excluded }) => {
      const without = excluded === 0 ? '' : `; ${counted(excluded, 'constant network')} left out`;
      const text = `${method}: ${formatAccuracies(area)} (n = ${area.values.length}${without})`;
      return { text, methods: [method] };
    }),
  };
}
