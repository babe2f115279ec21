/** A mutant that no test can kill, and why. */
export interface Equivalent {
  readonly file: string;
  /** The line without its indentation. */
  readonly code: string;
  /** Zero-based column in the line where the change begins. */
  readonly column: number;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

const levels = 'src/bayesian-bits/levels.ts';
const quantizer = 'src/bayesian-bits/quantizer.ts';
const grid = 'src/bayesian-bits/grid.ts';
const residuals = 'src/bayesian-bits/residuals.ts';

export const equivalent: readonly Equivalent[] = [
  {
    file: 'src/bayesian-bits/hard-concrete.ts',
    code: 'if (stretched <= 0) return { z: 0, dz: 0 };',
    column: 4,
    before: 'stretched <= 0',
    after: '(stretched) < (0)',
    reason:
      'of all doubles only s = 1/12 is stretched to exactly 0, and no x has a sigmoid of exactly ' +
      'that: the neighbors of log(11) have an exponential just below and just above 11',
  },
  ...['(1)', '(-1)'].flatMap((after) => {
    const reason = 'the widest level has no inner one: its gate counts as 0, or the inner sum is 0';
    return [
      { file: levels, code: 'let inner = 0;', column: 12, before: '0', after, reason },
      {
        file: levels,
        code: 'inner = (r[index + 1] ?? NaN) + (z[index + 1] ?? 0) * inner;',
        column: 49,
        before: '0',
        after,
        reason,
      },
    ];
  }),
  evenPower(levels, 'return Math.fround(value * (1 - 2 ** -24));', 32),
  ...[quantizer, residuals].map((file) => ({
    file,
    code: 'sumOfCoefficients = tf.add(sumOfCoefficients, coefficient);',
    column: 20,
    before: 'tf.add(sumOfCoefficients, coefficient)',
    after: 'tf.sub(sumOfCoefficients, coefficient)',
    reason: 'the sum is only compared with 0, and coefficients are never negative',
  })),
  {
    file: grid,
    code: 'return signed ? tf.mul(beta, 2) : beta;',
    column: 29,
    before: '2',
    after: '(-2)',
    reason: 'a signed grid and its rounding are symmetric: the sign of the step cancels',
  },
  {
    file: grid,
    code: 'return tf.mul(beta, 1 - 1e-7);',
    column: 24,
    before: '1e-7',
    after: '(1.0099999999999999e-7)',
    reason: 'the same number in float32; 2e-7, 1e-7 + 1 and the like are seen',
  },
  evenPower(grid, 'const unit = tf.mul(width, 2 ** -bits);', 27),
  evenPower(grid, 'return tf.add(unit, tf.div(unit, 2 ** bits - 1));', 33),
  evenPower(grid, 'const below = tf.mul(rangeEnd(beta), 1 - 2 ** -24);', 41),
  evenPower(grid, 'const smallestNormal = 2 ** -126;', 23),
  evenPower(
    'src/kernels/fused.ts',
    'const highest = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;',
    47,
  ),
  evenPower(residuals, 'return [sumOf(left), level, tf.scalar(2 ** bits - 1)];', 38),
  evenPower(
    residuals,
    'if (bits < 32) return tf.sub(level, tf.mul(grid.level, tf.div(2 ** bits - 1, grid.steps)));',
    62,
  ),
  evenPower(residuals, 'const scaled = tf.mul(value, 2 ** 16 + 1);', 29),
  ...[
    [21, '(Math.PI * done) / epochs', '(-((Math.PI * done))) / (epochs)'] as const,
    [22, 'Math.PI * done', '(-(Math.PI)) * (done)'] as const,
  ].map(([column, before, after]) => ({
    file: 'src/training/optimizers/schedule.ts',
    code: 'return (1 + Math.cos((Math.PI * done) / epochs)) / 2;',
    ...{ column, before, after },
    reason: 'the cosine is even',
  })),
];

function evenPower(file: string, code: string, column: number): Equivalent {
  const reason = 'an even power: (-2) ** n is 2 ** n for all exponents here';
  return { file, code, column, before: '2', after: '(-2)', reason };
}
