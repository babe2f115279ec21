import { beforeAll, describe, expect, test } from 'vitest';
import { gateGradients, gateProducts } from '../../src/bayesian-bits/levels.js';
import { backends, useBackend } from '../compile/backends.js';
import { seededUniforms } from './differences.js';
import { quantizeOnce, singleWidths } from './quantize-once.js';
import { isNearTie, residualForm } from './residual-form.js';

type Gates = readonly [number, number, number, number];

/** Gates of 4, 8, 16, 32 bits: each level on its own, and mixtures. */
const gateSettings: Record<string, Gates> = {
  ...singleWidths,
  'all gates between 0 and 1': [0.8, 0.7, 0.4, 0.3],
  'the gate of 4 bits between 0 and 1': [0.35, 0, 0, 0],
  'the gate of 8 bits between 0 and 1': [1, 0.6, 0, 0],
  'the gate of 32 bits between 0 and 1': [1, 1, 1, 0.25],
  'the gates of 4 and 16 bits between 0 and 1': [0.5, 1, 0.5, 0],
};

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe.each(backends)('quantize, on the backend %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const settings = Object.entries(gateSettings).flatMap(([name, z]) =>
    [true, false].flatMap((signed) =>
      [true, false].map((hasChannels) => ({ name, z, signed, hasChannels })),
    ),
  );

  test.each(settings)(
    'equals the residual form at $name, signed: $signed, channel gates: $hasChannels',
    ({ z, signed, hasChannels }) => {
      const shape = [3, 2, 4];
      const beta = Math.fround(1.37);
      const next = seededUniforms(11);
      const x = Array.from({ length: 24 }, () => sample(next, beta, signed));
      const dy = x.map(() => Math.fround(2 * next() - 1));
      const channelGates = hasChannels ? [1, 0, 0.25, 0.5] : undefined;
      const z2 = (index: number) => channelGates?.[index % 4] ?? 1;
      const products = gateProducts(z);

      const found = quantizeOnce({
        x,
        shape,
        dy,
        beta,
        signed,
        products,
        ...(channelGates ? { channelGates } : {}),
      });

      const expected = x.map((value, index) =>
        residualForm(value, { beta, signed, z: [z2(index), ...z] }),
      );
      const at = (values: readonly number[], index: number) => values[index] as number;
      found.y.forEach((y, index) => {
        expect(Math.abs(y - (expected[index]?.value ?? NaN))).toBeLessThan(1e-6 * beta);
      });
      found.dx.forEach((dx, index) => {
        expect(dx).toBeCloseTo(at(dy, index) * (expected[index]?.dx ?? NaN), 6);
      });

      const slopes = expected.map(({ dbeta }, index) => at(dy, index) * dbeta);
      const summands = expected.map(
        ({ value, dx }, index) =>
          Math.abs(at(dy, index)) * (Math.abs(value) + Math.abs(dx * at(x, index))),
      );
      expect(Math.abs(found.dbeta - total(slopes))).toBeLessThan((1e-6 * total(summands)) / beta);

      // dL/dC_b is the dot product of dy with x_b minus the next narrower level in use.
      const levelAt = (value: number, index: number, level: number) => {
        const alone = [0, 1, 2, 3].map((gate) => (gate < level ? 1 : 0)) as never as Gates;
        return residualForm(value, { beta, signed, z: [z2(index), ...alone] }).value;
      };
      let narrower: number | undefined;
      products.forEach((product, level) => {
        const isUsed = product !== (products[level + 1] ?? 0);
        const terms = x.map((value, index) => {
          const below = narrower === undefined ? 0 : levelAt(value, index, narrower);
          return at(dy, index) * (levelAt(value, index, level) - below);
        });
        if (isUsed) narrower = level;
        // In float32 the end of the range differs from (1 - 1e-7) beta by up to 3e-8 beta.
        const tolerance = 1e-6 * total(terms.map(Math.abs)) + 3e-8 * beta * total(dy.map(Math.abs));
        const wanted = isUsed ? total(terms) : 0;
        expect(Math.abs(at(found.dProducts, level) - wanted)).toBeLessThan(tolerance);
        if (!isUsed) expect(Math.abs(at(found.dProducts, level))).toBe(0);
      });

      const dz2 = [0, 1, 2, 3].map((channel) =>
        total(
          x.map((value, index) =>
            index % 4 === channel
              ? at(dy, index) * residualForm(value, { beta, signed, z: [1, ...z] }).value
              : 0,
          ),
        ),
      );
      expect(found.dz2).toHaveLength(hasChannels ? 4 : 0);
      found.dz2.forEach((slope, channel) => {
        expect(slope).toBeCloseTo(at(dz2, channel), 5);
      });
    },
  );

  test.each([true, false])(
    'gives 16- and 32-bit gates their double-precision gradients, signed: %s',
    (signed) => {
      // With this range s_16 is 1 and all coarser grids consist of integers, so that float32 holds
      // every product and sum below exactly.
      const beta = signed ? 65_535 / 2 : 65_535;
      const x = (
        signed ? [-32_000.125, -9_999.875, -1.125] : [65_001.125, 30_000.125, 7.875]
      ).concat([3.125, 1_234.625, 22_222.375, 0.25, 31_111.875]);
      const dy = [1, -2, 3, -1, 2, -3, 1, 2];
      expect(x.some((value) => isNearTie(value, { beta, signed }, 1e-4))).toBe(false);
      const z: Gates = [0.5, 0.75, 0.25, 0.5];
      const { dProducts } = quantizeOnce({
        x,
        shape: [8],
        dy,
        beta,
        signed,
        products: gateProducts(z),
      });
      const loss = (z: Gates) =>
        total(
          x.map(
            (value, index) =>
              // In double precision the rounding of e_32, to steps of 2^-16, is the only change of x.
              (dy[index] as number) * residualForm(value, { beta, signed, z: [1, ...z] }).value,
          ),
        );
      gateGradients(z, dProducts).forEach((found, gate) => {
        const withGate = (value: number) =>
          z.map((other, at) => (at === gate ? value : other)) as never as Gates;
        const expected = loss(withGate(1)) - loss(withGate(0));
        expect(Math.abs(expected)).toBeGreaterThan(0.01);
        expect(Math.abs(found - expected)).toBeLessThan(2e-4);
      });
    },
  );
});

/** A float32 number, out of range in a third of the cases, never near a tie. */
function sample(next: () => number, beta: number, signed: boolean): number {
  for (;;) {
    const x = Math.fround((next() * 3 - 1.5) * beta);
    if (!isNearTie(x, { beta, signed }, 1e-3)) return x;
  }
}
