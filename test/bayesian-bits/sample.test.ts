import { describe, expect, test } from 'vitest';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import { gateGradients, gateProducts } from '../../src/bayesian-bits/levels.js';
import {
  phiGradients,
  sampleGates,
  testGates,
  trainingGates,
} from '../../src/bayesian-bits/sample.js';
import { centralDifferences, expectClose } from './differences.js';

const phi = { channels: Float64Array.of(-3, 0.2, 0.6), bits: [0.5, -0.4, 0.3, -0.1] };
const noise = { channels: Float64Array.of(0.95, 0.3, 0.55), bits: [0.4, 0.6, 0.45, 0.7] };

describe('trainingGates', () => {
  const noise = [0.4, 0.6, 0.7, 0.2];
  const off = { z: 0, dz: 0 };
  const sampled = (phi: readonly number[]) =>
    phi.map((value, index) => hardConcrete.sample(value, noise[index] as number));

  test('samples each gate with its own noise', () => {
    const phi = [0.5, -0.2, 0.1, 1];
    expect(trainingGates(hardConcrete, phi, noise)).toEqual(sampled(phi));
    expect(new Set(trainingGates(hardConcrete, phi, noise).map(({ z }) => z)).size).toBe(4);
  });

  test.each([0, 1, 2, 3])('closes gate %d and all wider ones if its phi is at most -2', (at) => {
    const noise = [0.95, 0.96, 0.97, 0.98];
    for (const low of [-2, -2.0000001, -6]) {
      const phi = [0.3, 0.2, 0.1, 0.4].map((value, index) => (index === at ? low : value));
      const gates = trainingGates(hardConcrete, phi, noise);
      expect(gates.slice(at)).toEqual(phi.slice(at).map(() => off));
      expect(gates.slice(0, at).every(({ z }) => z > 0)).toBe(true);
    }
  });

  test('closes no gate above -2', () => {
    const noise = [0.95, 0.95, 0.95, 0.95];
    const gates = trainingGates(hardConcrete, [-1.9999999, -1.99, -1.9, -1.8], noise);
    expect(gates.every(({ z, dz }) => z > 0 && dz > 0)).toBe(true);
  });

  test('keeps gates wider than a closed one closed, whatever their phi', () => {
    expect(trainingGates(hardConcrete, [6, -3, 6, 6], noise)).toEqual([
      { z: 1, dz: 0 },
      off,
      off,
      off,
    ]);
    expect(trainingGates(hardConcrete, [6, -3, -3, 6], noise)).toEqual([
      { z: 1, dz: 0 },
      off,
      off,
      off,
    ]);
  });
});

describe('sampleGates', () => {
  test('samples each gate with its own noise', () => {
    const { z, dz, products } = sampleGates(hardConcrete, phi, noise);
    const bits = trainingGates(hardConcrete, phi.bits, noise.bits);
    const channels = [0, 1, 2].map((channel) =>
      hardConcrete.sample(phi.channels[channel] as number, noise.channels[channel] as number),
    );
    expect(z.bits).toEqual(bits.map((gate) => gate.z));
    expect(dz.bits).toEqual(bits.map((gate) => gate.dz));
    expect(Array.from(z.channels)).toEqual(channels.map((gate) => gate.z));
    expect(Array.from(dz.channels)).toEqual(channels.map((gate) => gate.dz));
    expect(products).toEqual(gateProducts(z.bits));
  });

  test('closes gates of bits at phi <= -2, never those of channels', () => {
    const low = { channels: Float64Array.of(-3), bits: [-3, 6, 6, 6] };
    const { z, dz } = sampleGates(hardConcrete, low, {
      channels: Float64Array.of(0.95),
      bits: [0.99, 0.9, 0.9, 0.9],
    });
    expect(z.bits).toEqual([0, 0, 0, 0]);
    expect(dz.bits).toEqual([0, 0, 0, 0]);
    expect(z.channels[0]).toBeGreaterThan(0);
    expect(dz.channels[0]).toBeGreaterThan(0);
  });

  test('samples no channels without channel gates', () => {
    const { z, dz } = sampleGates(
      hardConcrete,
      { channels: new Float64Array(0), bits: phi.bits },
      noise,
    );
    expect([z.channels.length, dz.channels.length]).toEqual([0, 0]);
  });
});

describe('testGates', () => {
  test('are 0 or 1, without gradient', () => {
    const { z, dz, products } = testGates(hardConcrete, {
      channels: Float64Array.of(-1, 0, 6),
      bits: [6, -0.93, -0.94, 6],
    });
    expect(Array.from(z.channels)).toEqual([-1, 0, 6].map((phi) => hardConcrete.testGate(phi)));
    expect(z.bits).toEqual([1, 1, 0, 1]);
    expect(Array.from(dz.channels)).toEqual([0, 0, 0]);
    expect(dz.bits).toEqual([0, 0, 0, 0]);
    expect(products).toEqual([1, 1, 1, 0, 0]);
  });
});

describe('phiGradients', () => {
  test('are those of a loss linear in the products of gates and in the channel gates', () => {
    const dProducts = [1.5, -2, 0.3, 4, -1];
    const dz2 = [3, -2, 5];
    const loss = (all: readonly number[]) => {
      const at = { channels: Float64Array.from(all.slice(0, 3)), bits: all.slice(3) };
      const { z, products } = sampleGates(hardConcrete, at, noise);
      return (
        products.reduce((sum, c, index) => sum + c * (dProducts[index] as number), 0) +
        z.channels.reduce((sum, gate, channel) => sum + gate * (dz2[channel] as number), 0)
      );
    };
    const expected = centralDifferences(loss, [...phi.channels, ...phi.bits]);
    const found = phiGradients(sampleGates(hardConcrete, phi, noise), dProducts, dz2);
    expectClose([...found.channels, ...found.bits], expected, 1e-8);
    expect(expected.every((slope) => Math.abs(slope) > 1e-3)).toBe(true);
  });

  test('are 0 for saturated gates', () => {
    const saturated = { channels: Float64Array.of(60, -60), bits: [60, 60, 60, -1.99] };
    const half = { channels: Float64Array.of(0.5, 0.5), bits: [0.5, 0.5, 0.5, 0.5] };
    const gates = sampleGates(hardConcrete, saturated, half);
    expect(gateGradients(gates.z.bits, [1, 2, 3, 4, 5])).not.toContain(0);
    const { channels, bits } = phiGradients(gates, [1, 2, 3, 4, 5], [7, 8]);
    expect([...channels, ...bits].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
