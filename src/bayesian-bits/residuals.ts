import * as tf from '@tensorflow/tfjs-core';
import { branch } from '../compile/branch.js';
import { bitWidths, type BitWidth } from './gates.js';
import { levelStep, rangeWidth } from './grid.js';

/**
 * `p_b`, the sums of `dy (x_b - x_a)`, where a is the next narrower level in use: where the gates between a
 * and b are 1, their residuals are merged. The difference is taken before the sum, because for wide levels
 * the sums of `dy x_b` and `dy x_a` agree to all digits of float32.
 *
 * @param levels `x_b` as multiples of `levelStep(b)`
 * @param sumOf sums dy times a tensor to the shape of z2
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
 * `x_b - x_a` in units of `levelStep(b)`, exact except for the last bit. Below 32 bits both levels are
 * integer multiples of `s_b`, since `s_a = s_b (2^b - 1) / (2^a - 1)`. At 32 bits `x_b = x_c`.
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
  // Split s_a into parts whose products with the integers are exact: a rounded product of s_a with a
  // 16-bit integer would be off by up to 1 % of the residual.
  const unit = tf.div(rangeWidth(beta, signed), tf.add(grid.steps, 1));
  const [first, rest] = leadingBits(unit);
  const [second, third] = leadingBits(rest);
  const small = tf.add(third, tf.div(unit, grid.steps));
  return [first, second, small].reduce(
    (left, part) => tf.sub(left, tf.mul(grid.level, part)),
    level,
  );
}

/** The leading 8 of a float32's 24 significant bits, and the remainder (Veltkamp's splitting). */
function leadingBits(value: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const scaled = tf.mul(value, 2 ** 16 + 1);
  const leading = tf.sub(scaled, tf.sub(scaled, value));
  return [leading, tf.sub(value, leading)];
}
