import { numbers, type Arithmetic } from './arithmetic.js';
import { chain } from './chain.js';
import { descend } from './descend.js';
import { learningRateAt, type LearningRate } from './schedule.js';
import { move, ratesAt } from './move.js';
import { transform, type Moment, type Transform } from './transform.js';

export interface AdamSettings {
  readonly learningRate: LearningRate;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * Adam (Kingma and Ba, ICLR 2015), epsilon after the bias-corrected root. In step t, from 1:
 *
 *     m' = beta1 m + (1 - beta1) g
 *     v' = beta2 v + (1 - beta2) g^2
 *     update = learningRate (m' / (1 - beta1^t)) / (sqrt(v' / (1 - beta2^t)) + epsilon)
 *
 * The learning rate is in it, in one factor with the correction of m and before the division: that is how
 * every run so far was rounded, and a division followed by `scaleByLearningRate` is not the same.
 */
export function scaleByAdam<T>(
  { add, mul, div, square, sqrt }: Arithmetic<T>,
  { learningRate, beta1, beta2, epsilon }: AdamSettings,
): Transform<T> {
  return transform({
    slots: ['adam/m', 'adam/v'],
    rates: {
      rate: ({ t, epochsDone }: Moment) =>
        learningRateAt(learningRate, epochsDone) / (1 - beta1 ** t),
      rootScale: ({ t }: Moment) => 1 / Math.sqrt(1 - beta2 ** t),
    },
    update({ update: gradient, slots: { 'adam/m': m, 'adam/v': v }, rates: { rate, rootScale } }) {
      const newM = add(mul(m, beta1), mul(gradient, 1 - beta1));
      const newV = add(mul(v, beta2), mul(square(gradient), 1 - beta2));
      const root = add(mul(sqrt(newV), rootScale), epsilon);
      return { update: div(mul(newM, rate), root), slots: { 'adam/m': newM, 'adam/v': newV } };
    },
  });
}

/** Plain numbers with Adam's running means of their gradients and of the gradients' squares. */
export interface AdamNumbers {
  readonly value: Float64Array;
  readonly m: Float64Array;
  readonly v: Float64Array;
}

export function initAdamNumbers(value: Float64Array): AdamNumbers {
  return { value, m: new Float64Array(value.length), v: new Float64Array(value.length) };
}

/** One step of Adam on plain numbers. */
export function adamNumbers(
  settings: AdamSettings,
  at: Moment,
  { value: before, m, v }: AdamNumbers,
  gradient: Float64Array,
): AdamNumbers {
  const adam = chain(scaleByAdam(numbers, settings), descend(numbers));
  const slots = { 'adam/m': m, 'adam/v': v };
  const next = move(adam, { before, gradient, slots, rates: ratesAt(adam, at), shared: {} });
  return { value: next.value, m: next.slots['adam/m'] ?? m, v: next.slots['adam/v'] ?? v };
}
