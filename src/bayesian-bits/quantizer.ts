import * as tf from '@tensorflow/tfjs-core';
import { branch } from '../compile/branch.js';
import { clip, gradientInside, roundToInteger } from '../compile/kernels.js';
import { bitWidths, type BitWidth } from './gates.js';

/** What a quantizer of one tensor is given in a step. */
export interface QuantizerInputs {
  /** The range's end beta > 0, a scalar. */
  readonly beta: tf.Tensor;
  /** `c_b` of the five levels, of shape [5]: see `levelCoefficients`. */
  readonly coefficients: tf.Tensor;
  /** `z_2` of each output channel (the last axis); undefined: no channel gates, `z_2 = 1`. */
  readonly channelGates?: tf.Tensor | undefined;
}

/**
 * The Bayesian Bits quantizer, as a weighted sum of the five grids:
 *
 *     x_q = z_2 sum_b c_b x_b,   x_b = s_b round(x_c / s_b),   x_c = clip(x, lo, hi)
 *     s_b = (beta - alpha) / (2^b - 1),   hi = (1 - 1e-7) beta,   alpha = -beta, lo = -hi if signed
 *
 * (else both 0). Rounding is half to even, with the straight-through gradient. Only levels with
 * `c_b != 0` are computed. Unsigned, it is a ReLU as well: values below 0 become 0, without gradient.
 *
 * Gradients, for dy at the output, with `p_b` the sum of `dy x_b` over each channel:
 *
 *     dx = z_2 dy where lo < x < hi, else 0
 *     dc_b = <z_2, p_b>, left at 0 where c_b = 0
 *     dz_2 = sum_b c_b p_b
 *     dbeta = (<dy, x_q> - <dx, x>) / beta        by Euler's identity: x_q is homogeneous in (x, beta)
 *
 * Source: van Baalen et al., NeurIPS 2020, the residual decomposition; rewritten as in docs/paper-map.md.
 */
export function quantize(x: tf.Tensor, signed: boolean, inputs: QuantizerInputs): tf.Tensor {
  const { channelGates } = inputs;
  const perChannel = channelGates !== undefined;
  const quantized = tf.customGrad((...args) => {
    const [x, beta, coefficients, z2, save] = args as [...Operands, (tensors: tf.Tensor[]) => void];
    const { sum, levels } = weightedSum(x, beta, coefficients, signed, channelGates && z2);
    save([x, beta, coefficients, z2, ...levels]);
    return { value: sum, gradFunc };
  });
  return quantized(x, inputs.beta, inputs.coefficients, channelGates ?? tf.scalar(1));

  function gradFunc(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
    const [x, beta, coefficients, z2, ...levels] = saved as [...Operands, ...tf.Tensor[]];
    const axes = perChannel ? axesBeforeLast(x) : undefined;
    const dx = gradientInside(perChannel ? tf.mul(z2, dy) : dy, x, ...openRange(beta, signed));
    const terms = tf.unstack(coefficients).map((coefficient, index) => {
      const p = branch(
        tf.notEqual(coefficient, 0),
        () => [tf.sum(tf.mul(dy, levels[index] as tf.Tensor), axes)],
        [tf.zerosLike(z2)],
      )[0];
      const scaled = tf.mul(levelStep(bitWidths[index] as BitWidth, beta, signed), p);
      return { dCoefficient: tf.sum(tf.mul(z2, scaled)), dz2: tf.mul(coefficient, scaled) };
    });
    const dCoefficients = tf.stack(terms.map(({ dCoefficient }) => dCoefficient));
    const dyDotXq = dot(coefficients, dCoefficients);
    const dBeta = tf.div(tf.sub(dyDotXq, dot(dx, x)), beta);
    return [dx, dBeta, dCoefficients, tf.addN(terms.map(({ dz2 }) => dz2))];
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

/** x, beta, coefficients, z_2. */
type Operands = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

/** `z_2 sum_b c_b x_b`, and each level (where `c_b = 0` any tensor of that shape). */
function weightedSum(
  x: tf.Tensor,
  beta: tf.Tensor,
  coefficients: tf.Tensor,
  signed: boolean,
  z2: tf.Tensor | undefined,
): { sum: tf.Tensor; levels: tf.Tensor[] } {
  const levels: tf.Tensor[] = [];
  let sum = x;
  let sumOfCoefficients: tf.Tensor = tf.scalar(0);
  tf.unstack(coefficients).forEach((coefficient, index) => {
    const bits = bitWidths[index] as BitWidth;
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
  return gridStep(signed ? tf.mul(beta, 2) : beta, bits);
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

function axesBeforeLast(x: tf.Tensor): number[] {
  return x.shape.slice(0, -1).map((_, axis) => axis);
}
