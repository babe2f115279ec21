import * as tf from '@tensorflow/tfjs-core';
import { branch } from '../compile/branch.js';
import { gradientInside } from '../kernels/fused.js';
import {
  ownQuantizer,
  ownQuantizerGradient,
  type QuantizerOperands,
} from '../kernels/own/quantizer.js';
import { bitWidths, type BitWidth } from './gates.js';
import { levelOf, levelStep, openRange } from './grid.js';
import { residualSums } from './residuals.js';

/** The inputs of one tensor's quantizer in a step. */
export interface QuantizerInputs {
  /** The end of the range, beta > 0: a scalar. */
  readonly beta: tf.Tensor;
  /** `C_b = z_4 ... z_b` of the five levels, shape [5]; see `gateProducts`. */
  readonly products: tf.Tensor;
  /** `z_2` of each output channel (the last axis); undefined without channel gates, where `z_2 = 1`. */
  readonly channelGates?: tf.Tensor | undefined;
}

/**
 * The Bayesian Bits quantizer, the paper's sum of gated residuals:
 *
 *     x_q = z_2 sum_b C_b e_b,   e_2 = x_2,   e_b = x_b - x_{b/2},   x_b = s_b round(x_c / s_b)
 *     s_b = (beta - alpha) / (2^b - 1),   x_c = clip(x, lo, hi),   hi = (1 - 1e-7) beta
 *
 * with `alpha = -beta`, `lo = -hi` if signed, else both 0. Rounding is half to even, with the
 * straight-through estimator. An unsigned quantizer is also a ReLU: negative values become 0 and have no
 * gradient.
 *
 * It is computed as `z_2 sum_b c_b x_b` with `c_b = C_b - C_{2b}` (`c_32 = C_32`): each grid contains the
 * coarser grids, the `c_b` sum to 1, most are 0, and only levels with `c_b != 0` are computed. bbits' own
 * kernels, where loaded, do it in one pass; the code below is the reference.
 *
 * Gradients for dy at the output, where `p_b` is the sum of `dy e_b` over each channel:
 *
 *     dx = z_2 dy where lo < x < hi, else 0
 *     dC_b = <z_2, p_b> if c_b != 0, with e_b relative to the next narrower computed level; else 0
 *     dz_2 = sum_b C_b p_b
 *     dbeta = (<dy, x_q> - <dx, x>) / beta        by Euler's identity: x_q is homogeneous in (x, beta)
 *
 * Source: van Baalen et al., NeurIPS 2020, the residual decomposition; see docs/paper-map.md.
 */
export function quantize(x: tf.Tensor, signed: boolean, inputs: QuantizerInputs): tf.Tensor {
  const { channelGates } = inputs;
  const perChannel = channelGates !== undefined;
  const quantized = tf.customGrad((...args) => {
    const save = args.pop() as unknown as (tensors: tf.Tensor[]) => void;
    const operands = args as QuantizerOperands;
    const [own] = ownQuantizer(operands, signed) ?? [];
    if (own) {
      save(operands);
      return { value: own, gradFunc: ownGradFunc };
    }
    const [x, beta, products, z2] = operands;
    const coefficients = levelCoefficients(products);
    const { sum, levels } = weightedSum(x, beta, coefficients, signed, channelGates && z2);
    save([...operands, ...levels]);
    return { value: sum, gradFunc };
  });
  return quantized(x, inputs.beta, inputs.products, channelGates ?? tf.scalar(1));

  function ownGradFunc(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
    return ownQuantizerGradient(dy, saved as QuantizerOperands, signed);
  }

  function gradFunc(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
    const [x, beta, products, z2, ...levels] = saved as [...QuantizerOperands, ...tf.Tensor[]];
    const dx = gradientInside(perChannel ? tf.mul(z2, dy) : dy, x, ...openRange(beta, signed));
    const axes = perChannel ? axesBeforeLast(x) : undefined;
    const sumOf = (residual: tf.Tensor) => tf.sum(tf.mul(dy, residual), axes);
    const sums = residualSums(levels, levelCoefficients(products), beta, signed, sumOf, z2);
    const dProducts = tf.stack(sums.map((sum) => tf.sum(tf.mul(z2, sum))));
    const dz2 = tf.addN(
      tf.unstack(products).map((product, b) => tf.mul(product, sums[b] as tf.Tensor)),
    );
    const dyDotXq = dot(products, dProducts);
    const dBeta = tf.div(tf.sub(dyDotXq, dot(dx, x)), beta);
    return [dx, dBeta, dProducts, dz2];
  }
}

/**
 * Quantize x to a single bit width: `x_b = step * integers`. At 32 bits the integers are `x_c` itself, and
 * the step is 1.
 */
export function quantizeAt(
  x: tf.Tensor,
  signed: boolean,
  beta: tf.Tensor,
  bits: BitWidth,
): { integers: tf.Tensor; step: tf.Tensor } {
  return { integers: levelOf(x, bits, beta, signed), step: levelStep(bits, beta, signed) };
}

/** The scalars `c_b = C_b - C_{2b}` of the five levels, with `c_32 = C_32`. */
function levelCoefficients(products: tf.Tensor): tf.Tensor[] {
  const wider = tf.concat([tf.slice(products, 1), tf.zeros([1])]);
  return tf.unstack(tf.sub(products, wider));
}

/** `z_2 sum_b c_b x_b` and the levels of `levelOf`; where `c_b = 0`, any tensor of the same shape. */
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

/** Skip the product where the factor is 1, as with 32 bits alone: it would be a pass over x. */
function timesUnlessOne(factor: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return branch(tf.notEqual(factor, 1), () => [tf.mul(factor, x)], [x])[0];
}

function dot(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(a, b));
}

function axesBeforeLast(x: tf.Tensor): number[] {
  return x.shape.slice(0, -1).map((_, axis) => axis);
}
