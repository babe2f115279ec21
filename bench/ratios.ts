import { fullPrecision, plainName, type Setting, type Suite } from './suites.js';
import { median } from './times.js';

/** Median step time of each round, in milliseconds, by name of the measured program. */
export type Rounds = Readonly<Record<string, readonly number[]>>;

export interface Ratio {
  readonly of: string;
  readonly to: string;
  readonly ratio: number;
  /** Target of the ratio. */
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number } | undefined;
}

export const pytorchName = (layout: string) => `${fullPrecision}, PyTorch, ${layout}`;
export const layouts = ['contiguous', 'channels_last'] as const;

/**
 * The ratios by which bbits is judged, if their times were measured: medians over rounds of ratios within a
 * round.
 *
 * @param passesMs time of the quantizers' passes at memory bandwidth; undefined: not measured
 */
export function ratiosOf({ settings }: Suite, rounds: Rounds, passesMs?: number): Ratio[] {
  const plainFull = plainName(fullPrecision);
  const graphs = Object.entries(settings).filter(
    ([name, { mode, plain }]) => mode === 'graph' && !plain && name !== fullPrecision,
  );
  const best = layouts
    .map(pytorchName)
    .filter((name) => name in rounds)
    .toSorted((a, b) => median(rounds[a] ?? []) - median(rounds[b] ?? []))
    .slice(0, 1);
  return [
    ...best.flatMap((to) => ratio(fullPrecision, to, { atMost: 1.1 })),
    ...graphs.flatMap(([name, setting]) => [
      ...ratio(name, fullPrecision, goalOf(setting)),
      ...ratio(name, plainFull),
      ...ratio(plainName(name), plainFull),
    ]),
    ...graphs.flatMap(([name, { authors }]) => (authors ? fromAuthors(name, authors) : [])),
  ];

  function ratio(of: string, to: string, goal?: Ratio['goal'], factor = 1): Ratio[] {
    const [upper, lower] = [rounds[of], rounds[to]];
    if (!upper || !lower) return [];
    const value = factor * median(upper.map((ms, round) => ms / (lower[round] ?? NaN)));
    return [{ of, to, ratio: value, ...(goal && { goal }) }];
  }

  function goalOf({ atMost, aboveFloor }: Setting): Ratio['goal'] {
    if (atMost === undefined) return undefined;
    if (aboveFloor === undefined || passesMs === undefined) return { atMost };
    const floor = 1 + passesMs / median(rounds[fullPrecision] ?? []);
    return { atMost: Math.min(atMost, floor + aboveFloor) };
  }

  /** Estimated time of the authors' code relative to ours. */
  function fromAuthors(
    name: string,
    { toPytorch, atLeast }: { toPytorch: number; atLeast: number },
  ): Ratio[] {
    const of = pytorchName(layouts[0]);
    return ratio(of, name, { atLeast }, toPytorch).map((found) => ({
      ...found,
      of: `the authors' code (${toPytorch} x PyTorch, contiguous)`,
    }));
  }
}
