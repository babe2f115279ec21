import { describe, expect, it } from 'vitest';
import { hardConcrete, testGate, trainingGates } from '../../src/bayesian-bits/gates.js';
import { gateGradients, gateProducts } from '../../src/bayesian-bits/levels.js';
import { phiGradients, sampleGates, testGates } from '../../src/bayesian-bits/sample.js';
import { centralDifferences, expectClose } from './differences.js';

const phi = { channels: Float64Array.of(-3, 0.2, 0.6), bits: [0.5, -0.4, 0.3, -0.1] };
const noise = { channels: Float64Array.of(0.95, 0.3, 0.55), bits: [0.4, 0.6, 0.45, 0.7] };

describe('sampleGates', () => {
  it('samples each gate with its own noise', () => {
    const { z, dz, products } = sampleGates(phi, noise);
    const bits = trainingGates(phi.bits, noise.bits);
    const channels = [0, 1, 2].map((channel) =>
      hardConcrete(phi.channels[channel] as number, noise.channels[channel] as number),
    );
    expect(z.bits).toEqual(bits.map((gate) => gate.z));
    expect(dz.bits).toEqual(bits.map((gate) => gate.dz));
    expect(Array.from(z.channels)).toEqual(channels.map((gate) => gate.z));
    expect(Array.from(dz.channels)).toEqual(channels.map((gate) => gate.dz));
    expect(products).toEqual(gateProducts(z.bits));
  });

  it('switches off the gates of bits at phi <= -2, never those of channels', () => {
    const low = { channels: Float64Array.of(-3), bits: [-3, 6, 6, 6] };
    const { z, dz } = sampleGates(low, {
      channels: Float64Array.of(0.95),
      bits: [0.99, 0.9, 0.9, 0.9],
    });
    expect(z.bits).toEqual([0, 0, 0, 0]);
    expect(dz.bits).toEqual([0, 0, 0, 0]);
    expect(z.channels[0]).toBeGreaterThan(0);
    expect(dz.channels[0]).toBeGreaterThan(0);
  });

  it('has no channels where there are no channel gates', () => {
    const { z, dz } = sampleGates({ channels: new Float64Array(0), bits: phi.bits }, noise);
    expect([z.channels.length, dz.channels.length]).toEqual([0, 0]);
  });
});

describe('testGates', () => {
  it('are 0 or 1, without gradient', () => {
    const { z, dz, products } = testGates({
      channels: Float64Array.of(-1, 0, 6),
      bits: [6, -0.93, -0.94, 6],
    });
    expect(Array.from(z.channels)).toEqual([-1, 0, 6].map(testGate));
    expect(z.bits).toEqual([1, 1, 0, 1]);
    expect(Array.from(dz.channels)).toEqual([0, 0, 0]);
    expect(dz.bits).toEqual([0, 0, 0, 0]);
    expect(products).toEqual([1, 1, 1, 0, 0]);
  });
});

describe('phiGradients', () => {
  it('are those of a loss that is linear in the products of gates and in the channel gates', () => {
    const dProducts = [1.5, -2, 0.3, 4, -1];
    const dz2 = [3, -2, 5];
    const loss = (all: readonly number[]) => {
      const at = { channels: Float64Array.from(all.slice(0, 3)), bits: all.slice(3) };
      const { z, products } = sampleGates(at, noise);
      return (
        products.reduce((sum, c, index) => sum + c * (dProducts[index] as number), 0) +
        z.channels.reduce((sum, gate, channel) => sum + gate * (dz2[channel] as number), 0)
      );
    };
    const expected = centralDifferences(loss, [...phi.channels, ...phi.bits]);
    const found = phiGradients(sampleGates(phi, noise), dProducts, dz2);
    expectClose([...found.channels, ...found.bits], expected, 1e-8);
    expect(expected.every((slope) => Math.abs(slope) > 1e-3)).toBe(true);
  });

  it('are 0 for saturated gates', () => {
    const saturated = { channels: Float64Array.of(60, -60), bits: [60, 60, 60, -1.99] };
    const half = { channels: Float64Array.of(0.5, 0.5), bits: [0.5, 0.5, 0.5, 0.5] };
    const gates = sampleGates(saturated, half);
    expect(gateGradients(gates.z.bits, [1, 2, 3, 4, 5])).not.toContain(0);
    const { channels, bits } = phiGradients(gates, [1, 2, 3, 4, 5], [7, 8]);
    expect([...channels, ...bits].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
