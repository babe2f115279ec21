import type { RunResult } from '../../runs/folder/result-file.js';
import { compact } from '../../text/compact.js';
import { threeDigits } from '../../text/figures.js';

/** Relative bit operations in percent, or bit operations for one image. */
export type CostUnit = 'percent' | 'bops';

/** A cost at which methods are compared. */
export interface Cost {
  readonly unit: CostUnit;
  readonly value: number;
}

export function costOf(
  { relativeBopsPercent, gbops }: Pick<RunResult, 'relativeBopsPercent' | 'gbops'>,
  unit: CostUnit,
): number {
  return unit === 'percent' ? relativeBopsPercent : 1e9 * gbops;
}

/**
 * Convert a cost to percent for networks of one size, and to bit operations for networks of different sizes.
 *
 * @param fullBops bit operations at 32 bits with all channels; undefined if they differ between networks
 * @returns undefined for a percentage of networks of different sizes
 */
export function comparableCost(
  { unit, value }: Cost,
  fullBops: number | undefined,
): number | undefined {
  if (fullBops === undefined) return unit === 'bops' ? value : undefined;
  return unit === 'percent' ? value : (100 * value) / fullBops;
}

/** `0.5 % BOPs`, with the digits given, or `20.0 M BOPs`. */
export function formatCost({ unit, value }: Cost): string {
  return unit === 'percent' ? `${value} % BOPs` : `${compact(value)} BOPs`;
}

/** `0.362 to 5.00 % BOPs`, with three significant digits. */
export function formatCosts(from: number, to: number, unit: CostUnit): string {
  if (unit === 'percent') return `${threeDigits(from)} to ${threeDigits(to)} % BOPs`;
  return `${compact(from)} to ${compact(to)} BOPs`;
}
