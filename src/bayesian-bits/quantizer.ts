import * as tf from '@tensorflow/tfjs-core';
import { branch } from '../compile/branch.js';
import { clip, gradientInside, roundToInteger } from '../compile/kernels.js';
import { bitWidths, type BitWidth } from './gates.js';

/** What a quantizer of one tensor is given in a step. */
export interface QuantizerInputs {
  /** The range's end beta > 0, a scalar. */
  readonly beta: tf.Tensor;
  /** `C_b = z_4 ... z_b` of the five levels, of shape [5]: see `gateProducts`. */
  readonly products: tf.Tensor;
  /** `z_2` of each output channel (the last axis); undefined: no channel gates, `z_2 = 1`. */
  readonly channelGates?: tf.Tensor | undefined;
}

/**
 * The Bayesian Bits quantizer, the paper's sum of gated residuals:
 *
 *     x_q = z_2 sum_b C_b e_b,   e_2 = x_2,   e_b = x_b - x_{b/2},   x_b = s_b round(x_c / s_b)
 *     s_b = (beta - alpha) / (2^b - 1),   x_c = clip(x, lo, hi),   hi = (1 - 1e-7) beta
 *
 * with `alpha = -beta`, `lo = -hi` if signed, else both 0. Rounding is half to even, with the
 * straight-through gradient. Unsigned, it is a ReLU as well: values below 0 become 0, without gradient.
 *
 * It is computed as `z_2 sum_b c_b x_b` with `c_b = C_b - C_{2b}` (`c_32 = C_32`): each grid contains the
 * coarser ones, the `c_b` sum to 1, most of them are 0, and only levels with `c_b != 0` are computed.
 *
 * Gradients, for dy at the output, with `p_b` the sum of `dy e_b` over each channel:
 *
 *     dx = z_2 dy where lo < x < hi, else 0
 *     dC_b = <z_2, p_b>, where between e_b and the next narrower level that is computed, else 0
 *     dz_2 = sum_b C_b p_b
 *     dbeta = (<dy, x_q> - <dx, x>) / beta        by Euler's identity: x_q is homogeneous in (x, beta)
 *
 * Source: van Baalen et al., NeurIPS 2020, the residual decomposition; see docs/paper-map.md.
 */
export function quantize(x: tf.Tensor, signed: boolean, inputs: QuantizerInputs): tf.Tensor {
  const { channelGates } = inputs;
  const perChannel = channelGates !== undefined;
  const quantized = tf.customGrad((...args) => {
    const [x, beta, products, z2, save] = args as [...Operands, (tensors: tf.Tensor[]) => void];
    const coefficients = levelCoefficients(products);
    const { sum, levels } = weightedSum(x, beta, coefficients, signed, channelGates && z2);
    save([x, beta, products, z2, ...levels]);
    return { value: sum, gradFunc };
  });
  return quantized(x, inputs.beta, inputs.products, channelGates ?? tf.scalar(1));

  function gradFunc(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
    const [x, beta, products, z2, ...levels] = saved as [...Operands, ...tf.Tensor[]];
    const dx = gradientInside(perChannel ? tf.mul(z2, dy) : dy, x, ...openRange(beta, signed));
    const axes = perChannel ? axesBeforeLast(x) : undefined;
    const sumOf = (residual: tf.Tensor) => tf.sum(tf.mul(dy, residual), axes);
    const sums = residualSums(levels, levelCoefficients(products), beta, signed, sumOf, z2);
    const dProducts = tf.stack(sums.map((sum) => tf.sum(tf.mul(z2, sum))));
    const dz2 = tf.addN(tf.unstack(products).map((product, b) => tf.mul(product, at(sums, b))));
    const dyDotXq = dot(products, dProducts);
    const dBeta = tf.div(tf.sub(dyDotXq, dot(dx, x)), beta);
    return [dx, dBeta, dProducts, dz2];
  }
}

/**
 * What the quantizer gives where its gates leave a single width: `x_b = step * integers`; at 32 bits
 * `x_c` itself, and a step of 1.
 */
export function quantizeAt(
  x: tf.Tensor,
  signed: boolean,
  beta: tf.Tensor,
  bits: BitWidth,
): { integers: tf.Tensor; step: tf.Tensor } {
  return { integers: levelOf(x, bits, beta, signed), step: levelStep(bits, beta, signed) };
}

/** x, beta, products, z_2. */
type Operands = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

/** `c_b = C_b - C_{2b}` of the five levels, `c_32 = C_32`: scalars. */
function levelCoefficients(products: tf.Tensor): tf.Tensor[] {
  const wider = tf.concat([tf.slice(products, 1), tf.zeros([1])]);
  return tf.unstack(tf.sub(products, wider));
}

/** `z_2 sum_b c_b x_b`, and each level (where `c_b = 0` any tensor of that shape). */
function weightedSum(
  x: tf.Tensor,
  beta: tf.Tensor,
  coefficients: readonly tf.Tensor[],
  signed: boolean,
  z2: tf.Tensor | undefined,
): { sum: tf.Tensor; levels: tf.Tensor[] } {
  const levels: tf.Tensor[] = [];
  let sum = x;
  let sumOfCoefficients: tf.Tensor = tf.scalar(0);
  coefficients.forEach((coefficient, index) => {
    const bits = at(bitWidths, index);
    const before = sum;
    const isFirst = tf.equal(sumOfCoefficients, 0);
    const factor = tf.mul(coefficient, levelStep(bits, beta, signed));
    const [after, level] = branch(
      tf.notEqual(coefficient, 0),
      () => {
        const level = levelOf(x, bits, beta, signed);
        const term = z2 ? tf.mul(tf.mul(factor, z2), level) : timesUnlessOne(factor, level);
        const [added] = branch(tf.logicalNot(isFirst), () => [tf.add(before, term)], [term]);
        return [added, level];
      },
      [before, x],
    );
    sum = after;
    levels.push(level);
    sumOfCoefficients = tf.add(sumOfCoefficients, coefficient);
  });
  return { sum, levels };
}

/**
 * `p_b`, the sums of `dy (x_b - x_a)` with a the next narrower level that is used: where the gates between
 * them are 1, `e_b` and the residuals before it count as one. The residual is formed before it is summed:
 * of wide levels, sums of `dy x_b` agree to more digits than float32 has.
 *
 * @param sumOf gives the sum of dy times a tensor, in the shape of z2
 * @returns 0 where `c_b = 0`
 */
function residualSums(
  levels: readonly tf.Tensor[],
  coefficients: readonly tf.Tensor[],
  beta: tf.Tensor,
  signed: boolean,
  sumOf: (residual: tf.Tensor) => tf.Tensor,
  z2: tf.Tensor,
): tf.Tensor[] {
  let narrower = at(levels, 0);
  let stepsOfNarrower: tf.Tensor = tf.scalar(1);
  let sumOfCoefficients: tf.Tensor = tf.scalar(0);
  return coefficients.map((coefficient, index) => {
    const bits = at(bitWidths, index);
    const level = at(levels, index);
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

/** Saves a pass over x where 32 bits are used alone. */
function timesUnlessOne(factor: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return branch(tf.notEqual(factor, 1), () => [tf.mul(factor, x)], [x])[0];
}

/**
 * `x_b` as a multiple of `levelStep`: the integers `round(x_c / s_b)`. At 32 bits the rounding does
 * nothing in float32, and only the range clips: `x_c` itself.
 *
 * Dividing by the step is exact to the last bit where multiplying by its inverse is not: of millions
 * of values some lie near a tie, and one that goes to the other side moves small gradients by percents.
 */
function levelOf(x: tf.Tensor, bits: BitWidth, beta: tf.Tensor, signed: boolean): tf.Tensor {
  const high = rangeEnd(beta);
  if (bits === 32) return clip(x, signed ? tf.neg(high) : tf.scalar(0), high);
  return roundToInteger(tf.div(x, levelStep(bits, beta, signed)), bits, signed);
}

/** `s_b`, or 1 at 32 bits. */
function levelStep(bits: BitWidth, beta: tf.Tensor, signed: boolean): tf.Tensor {
  if (bits === 32) return tf.scalar(1);
  return gridStep(rangeWidth(beta, signed), bits);
}

/** `beta - alpha`. */
function rangeWidth(beta: tf.Tensor, signed: boolean): tf.Tensor {
  return signed ? tf.mul(beta, 2) : beta;
}

/**
 * `s_b = width / (2^b - 1)`, as `u + u / (2^b - 1)` with `u = width / 2^b`: TensorFlow's graph
 * optimizer turns a division by a constant into a product with its rounded inverse, which matters
 * only in the small term here.
 */
function gridStep(width: tf.Tensor, bits: BitWidth): tf.Tensor {
  const unit = tf.mul(width, 2 ** -bits);
  return tf.add(unit, tf.div(unit, 2 ** bits - 1));
}

/** `(1 - 1e-7) beta`, which is less than beta in float32 too. */
function rangeEnd(beta: tf.Tensor): tf.Tensor {
  return tf.mul(beta, 1 - 1e-7);
}

/** The smallest and the largest number strictly inside of (lo, hi), in float32. */
function openRange(beta: tf.Tensor, signed: boolean): [tf.Tensor, tf.Tensor] {
  const below = tf.mul(rangeEnd(beta), 1 - 2 ** -24);
  return [signed ? tf.neg(below) : tf.scalar(smallestNormal), below];
}

const smallestNormal = 2 ** -126;

function dot(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(a, b));
}

function at<T>(values: readonly T[], index: number): T {
  return values[index] as T;
}

function axesBeforeLast(x: tf.Tensor): number[] {
  return x.shape.slice(0, -1).map((_, axis) => axis);
}
