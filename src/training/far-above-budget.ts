import { descentShare, settledShare } from './budget.js';

/** A multiple of the budget that fluctuations around the set point do not reach. */
const far = 1.5;

/**
 * Whether the bit operations are still far above the budget after the last whole epoch before the gates are
 * fixed. Fixing then closes gates that training has left open.
 *
 * @param relativeBopsPercent after the epoch, with test-time gates
 * @param epoch number of epochs done, of `epochs`
 */
export function isFarAboveBudget(
  relativeBopsPercent: number,
  targetPercent: number,
  epoch: number,
  epochs: number,
): boolean {
  const isLastBefore = epoch <= settledShare * epochs && epoch + 1 > settledShare * epochs;
  const hasDescended = epoch >= descentShare * epochs;
  return isLastBefore && hasDescended && relativeBopsPercent > far * targetPercent;
}
