import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type {
  GateDistribution,
  GatesOnDevice,
} from '../../../src/bayesian-bits/gate-distribution.js';
import { gateDistributions } from '../../../src/bayesian-bits/gate-distributions.js';
import { packGates, plusScaled, unpackGates } from '../../../src/bayesian-bits/gate-values.js';
import { distinctInFloat32 } from '../../../src/bayesian-bits/levels.js';
import { prices } from '../../../src/bayesian-bits/prices.js';
import { phiGradients, sampleGates } from '../../../src/bayesian-bits/sample.js';
import type { QuantizerSite } from '../../../src/nn/plan.js';
import { randomStream } from '../../../src/random.js';
import { priceOfGates } from '../../../src/training/acting-gates.js';
import { initAdamNumbers } from '../../../src/training/optimizers/adam.js';
import { deviceGates } from '../../../src/training/on-device/device-gates.js';
import { gateLayout } from '../../../src/training/on-device/gate-layout.js';
import { startNative } from '../../helpers/test-backend.js';

beforeAll(startNative);

/** With channel gates, without, with shared ones, with a single one, and without rounding. */
const sites = [
  { name: 'a/weight', gatedChannels: 5, rounded: true, macs: 900 },
  { name: 'a/activation', gatedChannels: 0, rounded: true, macs: 700 },
  { name: 'b/weight', gatedChannels: 0, rounded: true, macs: 300, gatesOf: 'a/weight' },
  { name: 'c/weight', gatedChannels: 1, rounded: true, macs: 100 },
  { name: 'd/weight', gatedChannels: 3, rounded: false, macs: 100 },
].map((site): QuantizerSite => ({ layer: site.name, kind: 'weights', signed: true, ...site }));

const withoutChannels = sites.slice(1, 2);
const layers = sites.map(({ name, macs }) => ({ macs, name })) as never;

describe.each(Object.entries(gateDistributions))('%s on a device', (_, distribution) => {
  const onDevice = distribution.onDevice as GatesOnDevice;
  const stream = randomStream(7, 'test');

  test.each([
    ['', sites],
    [', without channel gates', withoutChannels],
  ])('samples, prices and differentiates like the host, in float32%s', (_, sites) => {
    const layout = gateLayout(sites);
    const price = prices.bops(
      { layers },
      sites.map((site) => ({ ...site, smallest: site.name === 'a/activation' ? 4 : 2 })),
    );
    const gates = deviceGates(sites, onDevice, price.lambdas ?? []);
    for (let round = 0; round < 20; round++) {
      const quantizers = sites.map((site) => {
        const value = Float64Array.from({ length: site.gatedChannels + 4 }, () =>
          Math.fround(anyPhi(distribution)),
        );
        return { site, distribution, phi: initAdamNumbers(value), beta: initAdamNumbers(value) };
      });
      const noise = quantizers.map(({ phi }) => phi.value.map(() => stream.uniform()));
      const expected = quantizers.map(({ phi }, index) =>
        sampleGates(
          distribution,
          unpackGates(phi.value),
          unpackGates(noise[index] as Float64Array),
        ),
      );

      const phi = tf.tensor1d(layout.flat(quantizers.map(({ phi }) => phi.value)));
      const sampled = gates.sample(
        phi,
        tf.tensor1d(layout.flat(noise.map((own) => own.map((u) => onDevice.noise(u))))),
      );
      const given: Record<string, tf.Tensor> = {};
      sites.forEach(({ name, rounded, gatedChannels }, index) => {
        if (rounded) {
          const products = distinctInFloat32(expected[index]?.products ?? []);
          expect(distances(sampled.numbers[`${name}/products`], products)).toBeLessThan(1e-5);
          given[`${name}/products`] = tf.tensor1d(products.map(() => stream.normal()));
        }
        if (gatedChannels > 0) {
          const z = expected[index]?.z.channels ?? [];
          expect(distances(sampled.numbers[`${name}/z2`], z)).toBeLessThan(1e-5);
          given[`${name}/z2`] = tf.tensor1d(Array.from(z, () => stream.normal()));
        }
      });

      const gradient = gates.phiGradients(sampled, given);
      const { value, dphi } = gates.price(phi);
      const priced = priceOfGates(price, sites)(quantizers);
      expect(distances(value, [priced.value]) / priced.value).toBeLessThan(1e-6);
      const numbers = (name: string, length: number) =>
        Array.from(given[name]?.dataSync() ?? new Float32Array(length));
      const total = quantizers.map(({ site: { name, gatedChannels } }, index) =>
        packGates(
          plusScaled(
            phiGradients(
              expected[index] as ReturnType<typeof sampleGates>,
              numbers(`${name}/products`, 5),
              numbers(`${name}/z2`, gatedChannels),
            ),
            0.5,
            priced.gradients[index] as ReturnType<typeof unpackGates>,
          ),
        ),
      );
      const found = tf.add(gradient, tf.mul(dphi, 0.5));
      expect(distances(found, layout.flat(total))).toBeLessThan(2e-5);
    }

    /** Gates of all kinds: fixed open or closed, off, and near every threshold. */
    function anyPhi({ fixed }: GateDistribution): number {
      const kind = stream.integer(8);
      if (kind === 0) return fixed.open;
      if (kind === 1) return fixed.shut;
      return 4 * stream.normal();
    }
  });

  test('flattens gates into one vector, and back', () => {
    const layout = gateLayout(sites);
    const each = sites.map(({ gatedChannels }, site) =>
      Float64Array.from({ length: gatedChannels + 4 }, (_, at) => 100 * site + at),
    );
    expect(layout.ofEach(layout.flat(each))).toEqual(each);
    expect(new Set(layout.flat(each)).size).toBe(layout.size);
  });
});

/** The largest absolute difference. */
function distances(tensor: tf.Tensor | undefined, expected: ArrayLike<number>): number {
  const found = tensor?.dataSync() ?? [];
  expect(found).toHaveLength(expected.length);
  return Math.max(...Array.from(found, (value, at) => Math.abs(value - (expected[at] ?? NaN))));
}
