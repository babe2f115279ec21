import * as tf from '@tensorflow/tfjs-core';
import { branch } from '../compile/branch.js';
import { bitWidths, type BitWidth } from './gates.js';
import { levelStep, rangeWidth } from './grid.js';

/**
 * `p_b`, the sums of `dy (x_b - x_a)` with a the next narrower level that is used: where the gates between
 * them are 1, `e_b` and the residuals before it count as one. The residual is formed before it is summed:
 * of wide levels, sums of `dy x_b` agree to more digits than float32 has.
 *
 * @param sumOf gives the sum of dy times a tensor, in the shape of z2
 * @returns 0 where `c_b = 0`
 */
export function residualSums(
  levels: readonly tf.Tensor[],
  coefficients: readonly tf.Tensor[],
  beta: tf.Tensor,
  signed: boolean,
  sumOf: (residual: tf.Tensor) => tf.Tensor,
  z2: tf.Tensor,
): tf.Tensor[] {
  let narrower = levels[0] as tf.Tensor;
  let stepsOfNarrower: tf.Tensor = tf.scalar(1);
  let sumOfCoefficients: tf.Tensor = tf.scalar(0);
  return coefficients.map((coefficient, index) => {
    const bits = bitWidths[index] as BitWidth;
    const level = levels[index] as tf.Tensor;
    const grid = { level: narrower, steps: stepsOfNarrower };
    const isFirst = tf.equal(sumOfCoefficients, 0);
    const [sum, lastUsed, steps] = branch(
      tf.notEqual(coefficient, 0),
      () => {
        const toGrid = () => [residual(level, bits, grid, beta, signed)] as const;
        const [left] = branch(tf.logicalNot(isFirst), toGrid, [level]);
        return [sumOf(left), level, tf.scalar(2 ** bits - 1)];
      },
      [tf.zerosLike(z2), grid.level, grid.steps],
    );
    narrower = lastUsed;
    stepsOfNarrower = steps;
    sumOfCoefficients = tf.add(sumOfCoefficients, coefficient);
    return tf.mul(levelStep(bits, beta, signed), sum);
  });
}

/**
 * `x_b - x_a` in units of `levelStep(b)`, exact but for the last bit of the result. Below 32 bits both
 * are whole numbers of `s_b`, since `s_a = s_b (2^b - 1) / (2^a - 1)`. At 32 bits, `x_b = x_c`.
 *
 * @param grid `x_a` as a multiple of `s_a`, and `2^a - 1`
 */
function residual(
  level: tf.Tensor,
  bits: BitWidth,
  grid: { level: tf.Tensor; steps: tf.Tensor },
  beta: tf.Tensor,
  signed: boolean,
): tf.Tensor {
  if (bits < 32) return tf.sub(level, tf.mul(grid.level, tf.div(2 ** bits - 1, grid.steps)));
  // s_a in parts whose products with the whole numbers are exact, the small rest apart: rounded, s_a
  // times a number of 16 bits is wrong by up to 1 % of what remains.
  const unit = tf.div(rangeWidth(beta, signed), tf.add(grid.steps, 1));
  const [first, rest] = leadingBits(unit);
  const [second, third] = leadingBits(rest);
  const small = tf.add(third, tf.div(unit, grid.steps));
  return [first, second, small].reduce(
    (left, part) => tf.sub(left, tf.mul(grid.level, part)),
    level,
  );
}

/** The first 8 of a float32 number's 24 bits, and the rest (Veltkamp's splitting). */
function leadingBits(value: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const scaled = tf.mul(value, 2 ** 16 + 1);
  const leading = tf.sub(scaled, tf.sub(scaled, value));
  return [leading, tf.sub(value, leading)];
}
