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

/** The share of training after which the gates are set so that the budget holds, and stay. */
export const settledShare = 0.75;

/** The share of training over which the bit operations are led from their start to the budget. */
const descentShare = 0.5;

/** Strength for each unit that the logarithm of the bit operations lies above its course, in units of mu. */
const gain = 10;

/** The share of training over which a deviation that stays adds as much again. */
const integralShare = 0.05;

/** The largest strength, in units of mu. */
const most = 100;

/** What is known of a budget from step to step. */
export interface BudgetState {
  /** What the controller's deviations have added up to, in units of mu. */
  readonly integral: number;
  /** Whether the gates are set, and stay. */
  readonly isSettled: boolean;
}

export const initialBudget: BudgetState = { integral: 0, isSettled: false };

/** Moves the strength of the regularizer so that bit operations follow a course to a budget. */
export interface BudgetController {
  /**
   * The strength for the next step. Below the course it is negative: gates that have closed too far
   * have no gradient from the data, and only the regularizer can open them again.
   *
   * @param relativeBopsPercent of the network with test-time gates
   * @param done share of training, from 0 to 1
   * @param integral what deviations before have added up to, 0 at first; what it is now comes back
   */
  readonly muAt: (
    relativeBopsPercent: number,
    done: number,
    integral: number,
  ) => { readonly mu: number; readonly integral: number };
}

/**
 * A controller with a proportional and an integral part, on the logarithm of the bit operations. Their
 * course falls in a line on that scale, so that no gate has to close faster than it learns.
 *
 * @param mu the unit of its strengths
 * @param startPercent relative bit operations at the start of training
 * @param steps of training in all
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

/** All channels of a layer may be shut, for a moment or from the start on: nothing has no logarithm. */
function logOf(relativeBopsPercent: number): number {
  return Math.log(Math.max(relativeBopsPercent, 1e-6));
}

/** How much of a budget may be left over, before another choice of bit widths is tried. */
const leftOver = 0.05;

/**
 * Fixes every gate so that the bit operations are as close to the budget as they get from below.
 * Gates are opened in the order of their phi, what learning made of them, as long as the budget
 * holds; then those of the rest for which there is still room. A bit width for which there is none
 * takes the place of channels where otherwise more than 5 % would be left over. No tensor gets more
 * bits than learning left it: where that is less than the budget, the rest of it stays unused.
 *
 * @returns the quantizers, all gates of them fixed; each layer keeps a channel
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

/** Opens gates in their order while that fits, then whichever of the rest still do. */
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

/** The first gate of each quantizer's bit widths that is shut. */
function nextWidths(others: readonly LearnedGate[], open: ReadonlySet<LearnedGate>): LearnedGate[] {
  const shut = others.filter((gate) => gate.isWidth && !open.has(gate));
  return shut.filter(({ index, at }) => !shut.some((one) => one.index === index && one.at < at));
}

/** Whether a gate has to be open for a bit width, its own included. */
function isOnTheWay(gate: LearnedGate, width: LearnedGate): boolean {
  return gate.isWidth && gate.index === width.index && gate.at <= width.at;
}

/**
 * @throws UserError (exit code 2) if the budget is less than the network costs with every gate shut
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
    `target.relativeBopsPercent: found ${targetPercent}, expected at least ${roundedUp(least)}, what ` +
      `${plan.network} costs with the smallest widths and as few channels as may be. Change the target, or quantization.`,
    2,
  );
}

/** To four digits, and up, so that what is told is enough. */
function roundedUp(value: number): string {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 3);
  return (Math.ceil(value / unit) * unit).toPrecision(4);
}

/** A gate that learns: of a channel, or of a bit width. */
interface LearnedGate {
  /** Of its quantizer. */
  readonly index: number;
  /** Among the quantizer's phi. */
  readonly at: number;
  /** Of a bit width, not of a channel. */
  readonly isWidth: boolean;
  readonly phi: number;
}

/**
 * The best channel of each layer, which stays, and the other gates, those with the largest phi first;
 * but those of widths that learning has shut.
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
 * Whether the gate of a bit width is of one beyond those that the tensor has: learning found no use for
 * it, so that room in a budget is none either.
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
