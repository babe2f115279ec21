import type { Plan } from '../nn/plan.js';
import { UserError } from '../errors.js';
import { isBitGate } from '../bayesian-bits/gate-values.js';
import { gatedBitWidths } from '../bayesian-bits/gates.js';
import {
  fixedGates,
  testTimeCost,
  testTimeQuantizer,
  withFixedGates,
  type QuantizerState,
} from './quantizer-state.js';

/** The fraction of training after which the gates are fixed so that the budget holds. */
export const settledShare = 0.75;

/** The fraction of training over which the set point falls from the initial bit operations to the budget. */
export const descentShare = 0.5;

/** Proportional gain: strength, in units of mu, per unit of error in log(bit operations). */
const gain = 10;

/** Integral time, as a fraction of training. */
const integralShare = 0.05;

/** The maximum strength, in units of mu. */
const most = 100;

/** The state of a budget between steps. */
export interface BudgetState {
  /** The controller's integral term, in units of mu. */
  readonly integral: number;
  /** Whether the gates have been fixed. */
  readonly isSettled: boolean;
}

export const initialBudget: BudgetState = { integral: 0, isSettled: false };

/** Controls the strength of the regularizer so that bit operations follow a set point down to a budget. */
export interface BudgetController {
  /**
   * The strength for the next step. It is negative well below the set point: gates that have closed too far
   * have no gradient from the data, and only the regularizer can open them again.
   *
   * @param relativeBopsPercent of the network with test-time gates
   * @param done fraction of training, from 0 to 1
   * @param integral the integral term so far, initially 0; the updated term is returned
   */
  readonly muAt: (
    relativeBopsPercent: number,
    done: number,
    integral: number,
  ) => { readonly mu: number; readonly integral: number };
}

/**
 * A proportional-integral controller of log(bit operations). The set point falls linearly on that scale, so
 * that no gate has to close faster than it learns.
 *
 * @param mu the unit of its strengths
 * @param startPercent relative bit operations at the start of training
 * @param steps number of training steps
 */
export function budgetController(
  targetPercent: number,
  mu: number,
  startPercent: number,
  steps: number,
): BudgetController {
  const [start, end] = [logOf(startPercent), Math.log(targetPercent)];
  return {
    muAt(relativeBopsPercent, done, before) {
      const course = start + (end - start) * Math.min(1, done / descentShare);
      const above = logOf(relativeBopsPercent) - course;
      const integral = within(0, before + (gain * above) / (integralShare * steps), most);
      return { mu: mu * within(-most, gain * above + integral, most), integral };
    },
  };
}

/** Logarithm of at least 1e-6 %, since bit operations may be 0 while a layer has no open channels. */
function logOf(relativeBopsPercent: number): number {
  return Math.log(Math.max(relativeBopsPercent, 1e-6));
}

/** The fraction of a budget that may stay unused before another choice of bit widths is tried. */
const leftOver = 0.05;

/**
 * Fix every gate so that the bit operations approach the budget from below. Gates are opened in descending
 * order of their phi, which training determined, while the budget holds; then any others that still fit. If
 * more than 5 % would stay unused, a further bit width is opened instead of some channels. No tensor gets
 * more bits than training gave it: if the network costs less than the budget even with all of these, the
 * remainder stays unused.
 *
 * @returns the quantizers with all gates fixed; each layer keeps at least one channel
 */
export function meetBudget(
  plan: Plan,
  quantizers: readonly QuantizerState[],
  targetPercent: number,
): QuantizerState[] {
  const { needed, others } = learnedGates(quantizers);
  const percentOf = (open: ReadonlySet<LearnedGate>) =>
    testTimeCost(plan, withOpen(quantizers, open)).relativeBopsPercent;
  const fits = (open: ReadonlySet<LearnedGate>) => percentOf(open) <= targetPercent;

  let best = fill(needed, others, fits);
  for (const width of nextWidths(others, best)) {
    if (percentOf(best) >= (1 - leftOver) * targetPercent) break;
    const first = [...needed, ...others.filter((gate) => isOnTheWay(gate, width))];
    if (!fits(new Set(first))) continue;
    const open = fill(first, others, fits);
    if (percentOf(open) > percentOf(best)) best = open;
  }
  return withOpen(quantizers, best);
}

/** Open gates in order while they fit, then any of the rest that still fit. */
function fill(
  first: readonly LearnedGate[],
  others: readonly LearnedGate[],
  fits: (open: ReadonlySet<LearnedGate>) => boolean,
): Set<LearnedGate> {
  // Opening gates never makes the network cheaper.
  let [enough, tooMany] = [0, others.length + 1];
  while (tooMany - enough > 1) {
    const middle = (enough + tooMany) >> 1;
    if (fits(new Set([...first, ...others.slice(0, middle)]))) enough = middle;
    else tooMany = middle;
  }
  const open = new Set([...first, ...others.slice(0, enough)]);
  for (const gate of others.slice(enough)) {
    if (open.has(gate)) continue;
    open.add(gate);
    if (!fits(open)) open.delete(gate);
  }
  return open;
}

/** The first shut gate among each quantizer's bit widths. */
function nextWidths(others: readonly LearnedGate[], open: ReadonlySet<LearnedGate>): LearnedGate[] {
  const shut = others.filter((gate) => gate.isWidth && !open.has(gate));
  return shut.filter(({ index, at }) => !shut.some((one) => one.index === index && one.at < at));
}

/** Whether a gate must be open for a bit width to be selected. */
function isOnTheWay(gate: LearnedGate, width: LearnedGate): boolean {
  return gate.isWidth && gate.index === width.index && gate.at <= width.at;
}

/**
 * Check that a budget can be met.
 *
 * @throws UserError (exit code 2) if the budget is below the cost with as few open gates as possible
 */
export function checkBudget(
  plan: Plan,
  quantizers: readonly QuantizerState[],
  targetPercent: number,
): void {
  const { needed } = learnedGates(quantizers);
  const cheapest = withOpen(quantizers, new Set(needed));
  const least = testTimeCost(plan, cheapest).relativeBopsPercent;
  if (least <= targetPercent) return;
  throw new UserError(
    `target.relativeBopsPercent: found ${targetPercent}, expected at least ${roundedUp(least)}, the cost of ` +
      `${plan.network} with the smallest widths and as few channels as possible. Change the target, or quantization.`,
    2,
  );
}

/** Rounded up to four digits, so that the printed budget suffices. */
function roundedUp(value: number): string {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 3);
  return (Math.ceil(value / unit) * unit).toPrecision(4);
}

/** A learned gate, of a channel or of a bit width. */
interface LearnedGate {
  /** Index of its quantizer. */
  readonly index: number;
  /** Index among the quantizer's phi. */
  readonly at: number;
  /** True for a bit width's gate. */
  readonly isWidth: boolean;
  readonly phi: number;
}

/**
 * The best channel of each layer, which is always kept, and the other gates in descending order of phi,
 * without those of bit widths that training has shut.
 */
function learnedGates(quantizers: readonly QuantizerState[]): {
  needed: LearnedGate[];
  others: LearnedGate[];
} {
  const needed: LearnedGate[] = [];
  const others: LearnedGate[] = [];
  quantizers.forEach((quantizer, index) => {
    const { value } = quantizer.phi;
    const isFixed = fixedGates(quantizer);
    const gates = Array.from(value, (phi, at): LearnedGate => {
      return { index, at, isWidth: isBitGate(value, at), phi };
    });
    const learned = gates
      .filter(({ at, isWidth }) => !isFixed[at] && !(isWidth && isBeyond(quantizer, at)))
      .sort((a, b) => b.phi - a.phi || a.at - b.at);
    const best = learned.find(({ isWidth }) => !isWidth);
    if (best) needed.push(best);
    others.push(...learned.filter((gate) => gate !== best));
  });
  return { needed, others: others.sort((a, b) => b.phi - a.phi) };
}

/**
 * Whether a gate belongs to a bit width wider than the tensor's. Training found no use for it, so an unused
 * budget does not justify it either.
 */
function isBeyond(quantizer: QuantizerState, at: number): boolean {
  const widest = testTimeQuantizer(quantizer).bits;
  const width = gatedBitWidths[at - quantizer.site.gatedChannels];
  return width !== undefined && width > widest;
}

function withOpen(quantizers: readonly QuantizerState[], open: ReadonlySet<LearnedGate>) {
  const isOpen = new Set(Array.from(open, ({ index, at }) => `${index} ${at}`));
  return quantizers.map((quantizer, index) => {
    const isFixed = fixedGates(quantizer);
    return withFixedGates(quantizer, (phi, at) =>
      isFixed[at] ? quantizer.distribution.testGate(phi) === 1 : isOpen.has(`${index} ${at}`),
    );
  });
}

function within(least: number, value: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
