/** A change that no test can see, and why. */
export interface Equivalent {
  readonly file: string;
  /** The line, without indentation. */
  readonly code: string;
  /** Where in the line the change begins, from 0. */
  readonly column: number;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

const quantizer = 'src/bayesian-bits/quantizer.ts';
const evenPower = 'an even power: (-2) ** n is 2 ** n for all exponents here';

export const equivalent: readonly Equivalent[] = [
  {
    file: 'src/bayesian-bits/gates.ts',
    code: 'if (stretched <= 0) return { z: 0, dz: 0 };',
    column: 4,
    before: 'stretched <= 0',
    after: '(stretched) < (0)',
    reason:
      'of all doubles only s = 1/12 is stretched to exactly 0, and no x has a sigmoid of exactly ' +
      'that: the neighbours of log(11) have an exponential just below and just above 11',
  },
  {
    file: quantizer,
    code: 'return gridStep(signed ? tf.mul(beta, 2) : beta, bits);',
    column: 38,
    before: '2',
    after: '(-2)',
    reason: 'a signed grid and its rounding are symmetric: the sign of the step cancels',
  },
  {
    file: quantizer,
    code: 'sumOfCoefficients = tf.add(sumOfCoefficients, coefficient);',
    column: 20,
    before: 'tf.add(sumOfCoefficients, coefficient)',
    after: 'tf.sub(sumOfCoefficients, coefficient)',
    reason: 'the sum is only compared with 0, and coefficients are never negative',
  },
  {
    file: quantizer,
    code: 'return tf.mul(beta, 1 - 1e-7);',
    column: 24,
    before: '1e-7',
    after: '(1.0099999999999999e-7)',
    reason: 'the same number in float32; 2e-7, 1e-7 + 1 and the like are seen',
  },
  {
    file: quantizer,
    code: 'const unit = tf.mul(width, 2 ** -bits);',
    column: 27,
    before: '2',
    after: '(-2)',
    reason: evenPower,
  },
  {
    file: quantizer,
    code: 'return tf.add(unit, tf.div(unit, 2 ** bits - 1));',
    column: 33,
    before: '2',
    after: '(-2)',
    reason: evenPower,
  },
  {
    file: quantizer,
    code: 'const below = tf.mul(rangeEnd(beta), 1 - 2 ** -24);',
    column: 41,
    before: '2',
    after: '(-2)',
    reason: evenPower,
  },
  {
    file: quantizer,
    code: 'const smallestNormal = 2 ** -126;',
    column: 23,
    before: '2',
    after: '(-2)',
    reason: evenPower,
  },
  {
    file: 'src/kernels/fused.ts',
    code: 'const highest = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;',
    column: 47,
    before: '2',
    after: '(-2)',
    reason: evenPower,
  },
];
