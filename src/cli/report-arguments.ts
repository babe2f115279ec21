import { InvalidArgumentError } from 'commander';
import { columnHeads } from '../report/column-heads.js';
import type { Limits } from '../report/figures/figure-style.js';

/** How the arguments of `bbits report` are read. */

export function costs(text: string): number[] {
  const all = text.split(',').map(Number);
  if (all.every((cost) => cost > 0 && cost <= 100)) return all;
  throw new InvalidArgumentError('Expected percentages above 0, as in 0.3,0.5.');
}

export function heads(text: string): string[] {
  const all = text.split(',').map((head) => head.trim());
  if (all.every((head) => columnHeads.includes(head))) return all;
  throw new InvalidArgumentError(`Expected some of ${columnHeads.join(', ')}.`);
}

export function percentage(text: string): number {
  const percent = Number(text);
  if (text.trim() !== '' && percent >= 0 && percent < 100) return percent;
  throw new InvalidArgumentError('Expected a percentage, as in 95.');
}

export function limitsAboveZero(text: string): Limits {
  const [from, to] = limits(text);
  if (from > 0) return [from, to];
  throw new InvalidArgumentError('Expected two numbers above 0, as in 0.1,10.');
}

export function limits(text: string): Limits {
  const [from = NaN, to = NaN, ...others] = text.split(',').map(Number);
  const isRange = others.length === 0 && from >= 0 && to > from && Number.isFinite(to);
  if (isRange) return [from, to];
  throw new InvalidArgumentError(
    'Expected two numbers from 0 on, the smaller one first, as in 0.1,10.',
  );
}

/** Of an option that may be given several times. */
export function collect(value: string, others: readonly string[] = []): string[] {
  return [...others, value];
}
