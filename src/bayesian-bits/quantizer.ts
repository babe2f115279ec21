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
 * Gradients, for dy at the output:
 *
 *     dx = z_2 dy where lo < x < hi, else 0
 *     dc_b = <z_2 dy, x_b>, left at 0 where c_b = 0
 *     dz_2 = sum over the channel of dy * sum_b c_b x_b
 *     dbeta = (<dy, x_q> - <dx, x>) / beta        by Euler's identity: x_q is homogeneous in (x, beta)
 *
 * Source: van Baalen et al., NeurIPS 2020, equations 1 to 9; rewritten as in docs/paper-map.md.
 */
export function quantize(x: tf.Tensor, signed: boolean, inputs: QuantizerInputs): tf.Tensor {
  const { channelGates } = inputs;
  const quantized = tf.customGrad((...args) => {
    const [x, beta, coefficients, z2, save] = args as [...Operands, (tensors: tf.Tensor[]) => void];
    const { sum, levels } = sumOfLevels(x, beta, coefficients, signed);
    save([x, beta, coefficients, z2, sum, ...levels]);
    return { value: channelGates ? tf.mul(z2, sum) : sum, gradFunc };
  });
  return quantized(x, inputs.beta, inputs.coefficients, channelGates ?? tf.scalar(1));

  function gradFunc(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
    const [x, beta, coefficients, z2, sum, ...levels] = saved as [...Operands, ...tf.Tensor[]];
    const dSum = channelGates ? tf.mul(z2, dy) : dy;
    const dx = gradientInside(dSum, x, ...openRange(beta, signed));
    const dCoefficients = dotOfLevels(dSum, levels, coefficients);
    const dyDotXq = dot(coefficients, dCoefficients);
    const dBeta = tf.div(tf.sub(dyDotXq, dot(dx, x)), beta);
    const dz2 = channelGates
      ? tf.sum(tf.mul(dy, sum as tf.Tensor), axesBeforeLast(x))
      : tf.zerosLike(z2);
    return [dx, dBeta, dCoefficients, dz2];
  }
}

/** x, beta, coefficients, z_2. */
type Operands = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

/** `sum_b c_b x_b`, and each `x_b` (where `c_b = 0` any tensor of that shape). */
function sumOfLevels(
  x: tf.Tensor,
  beta: tf.Tensor,
  coefficients: tf.Tensor,
  signed: boolean,
): { sum: tf.Tensor; levels: tf.Tensor[] } {
  const levels: tf.Tensor[] = [];
  let sum = x;
  let sumOfCoefficients: tf.Tensor = tf.scalar(0);
  tf.unstack(coefficients).forEach((coefficient, index) => {
    const before = sum;
    const isFirst = tf.equal(sumOfCoefficients, 0);
    const [after, level] = branch(
      tf.notEqual(coefficient, 0),
      () => {
        const level = roundToBits(x, bitWidths[index] as BitWidth, beta, signed);
        // A level that is used alone has the coefficient 1 and is the sum: no passes over it.
        const [term] = branch(tf.notEqual(coefficient, 1), () => [tf.mul(coefficient, level)], [
          level,
        ]);
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
 * `x_b`. At 32 bits the rounding does nothing in float32: only the range clips. Dividing by the step
 * is exact to the last bit where multiplying by its inverse is not: of millions of values some lie
 * near a tie, and one that goes to the other side moves small gradients by percents.
 */
function roundToBits(x: tf.Tensor, bits: BitWidth, beta: tf.Tensor, signed: boolean): tf.Tensor {
  const high = rangeEnd(beta);
  if (bits === 32) return clip(x, signed ? tf.neg(high) : tf.scalar(0), high);
  const step = gridStep(signed ? tf.mul(beta, 2) : beta, bits);
  return tf.mul(step, roundToInteger(tf.div(x, step), bits, signed));
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

/** `d_b = <dy, x_b>` of the levels with `c_b != 0`, and 0 of the others; shape [5]. */
function dotOfLevels(dy: tf.Tensor, levels: tf.Tensor[], coefficients: tf.Tensor): tf.Tensor {
  const dots = tf.unstack(coefficients).map((coefficient, index) => {
    const level = levels[index] as tf.Tensor;
    return branch(tf.notEqual(coefficient, 0), () => [dot(dy, level)], [tf.scalar(0)])[0];
  });
  return tf.stack(dots);
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
