import { InvalidArgumentError } from 'commander';
import { columnHeads } from '../report/column-heads.js';
import type { Cost } from '../report/comparison/cost.js';
import type { Limits } from '../report/figures/figure-style.js';

/** Parsers for the options of `bbits report`. @throws InvalidArgumentError if a value is invalid */

export function costs(text: string): Cost[] {
  const all = text.split(',').map(readCost);
  if (all.every((cost) => cost !== undefined)) return all;
  throw new InvalidArgumentError(`Expected ${someCosts}, as in 0.3,0.5 or 20M,50M.`);
}

export function twoCosts(text: string): [Cost, Cost] {
  const [from, to, ...others] = text.split(',').map(readCost);
  const isRange = from && to?.unit === from.unit && to.value > from.value && others.length === 0;
  if (isRange) return [from, to];
  throw new InvalidArgumentError(
    `Expected two ${someCosts}, the smaller one first, as in 0.1,10 or 5M,50M.`,
  );
}

const someCosts = 'percentages above 0, or numbers of bit operations with k, M or G';

/** `0.5` is a percentage, `20M` bit operations for one image. */
function readCost(text: string): Cost | undefined {
  const { number = '', prefix } =
    /^(?<number>[\d.e-]+) ?(?<prefix>[kMG])?$/.exec(text.trim())?.groups ?? {};
  const value = number === '' ? NaN : Number(number);
  if (!(value > 0)) return undefined;
  if (prefix !== undefined)
    return { unit: 'bops', value: value * factors[prefix as 'k' | 'M' | 'G'] };
  return value <= 100 ? { unit: 'percent', value } : undefined;
}

const factors = { k: 1e3, M: 1e6, G: 1e9 } as const;

export function heads(text: string): string[] {
  const all = text.split(',').map((head) => head.trim());
  if (all.every((head) => columnHeads.includes(head))) return all;
  throw new InvalidArgumentError(`Expected one or more of ${columnHeads.join(', ')}.`);
}

export function percentage(text: string): number {
  const percent = Number(text);
  if (text.trim() !== '' && percent >= 0 && percent < 100) return percent;
  throw new InvalidArgumentError('Expected a percentage, as in 95.');
}

export function limits(text: string): Limits {
  const [from = NaN, to = NaN, ...others] = text.split(',').map(Number);
  const isRange = others.length === 0 && from >= 0 && to > from && Number.isFinite(to);
  if (isRange) return [from, to];
  throw new InvalidArgumentError(
    'Expected two numbers of at least 0, the smaller one first, as in 0.1,10.',
  );
}

/** Collect the values of an option that may be repeated. */
export function collect(value: string, others: readonly string[] = []): string[] {
  return [...others, value];
}
