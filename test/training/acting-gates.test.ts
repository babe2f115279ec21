import { expect, test } from 'vitest';
import { prices } from '../../src/bayesian-bits/prices.js';
import { convolution, dense, flatten } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { priceOfGates } from '../../src/training/acting-gates.js';
import { initQuantizers, type QuantizerState } from '../../src/training/quantizer-state.js';
import { learnedGates } from '../helpers/learned-gates.js';

const layers = [
  convolution('wide', 5, 1),
  convolution('depthwise', 5, 3, { padding: 1, groups: 5 }),
  convolution('again', 5, 3, { padding: 1, groups: 5 }),
  convolution('narrow', 2, 1),
  flatten,
  dense('logits', 3),
];
const plan = planNetwork({ name: 'test', layers }, [4, 4, 2]);
const setups = learnedGates(plan.quantizers, { 2: 0, 4: 0.5, 8: 0.2, 16: -0.3, 32: -1 });
const price = prices.bops(
  plan,
  setups.map(({ site: { name, macs } }) => ({ name, macs, smallest: 2 as const, rounded: true })),
);

const sites = setups.map(({ site }) => site);
const costOf = priceOfGates(price, sites);

/** Every phi is different. */
const quantizers = initQuantizers(setups).map((quantizer, index) => ({
  ...quantizer,
  phi: {
    ...quantizer.phi,
    value: quantizer.phi.value.map((phi, at) => phi + Math.sin(index + at)),
  },
}));

function moved(index: number, at: number, step: number): QuantizerState[] {
  return quantizers.map((quantizer, other) => {
    const value = quantizer.phi.value.map((phi, place) => (place === at ? phi + step : phi));
    return other === index ? { ...quantizer, phi: { ...quantizer.phi, value } } : quantizer;
  });
}

test('layers whose channels are dropped together share the gates of the first one', () => {
  expect(plan.quantizers.filter(({ gatedChannels }) => gatedChannels > 0)).toHaveLength(2);
  expect(plan.layers.map(({ gatedBy }) => gatedBy)).toEqual([
    'wide/weight',
    'wide/weight',
    'wide/weight',
    'narrow/weight',
    'logits/weight',
  ]);
});

test('the price’s gradients match central differences, summed over all layers that share a gate', () => {
  const { gradients } = costOf(quantizers);
  gradients.forEach(({ channels, bits }, index) => {
    const found = [...channels, ...bits];
    expect(found).toHaveLength(quantizers[index]?.phi.value.length ?? NaN);
    found.forEach((gradient, at) => {
      const [above, below] = [1e-4, -1e-4].map((step) => costOf(moved(index, at, step)).value) as [
        number,
        number,
      ];
      expect(gradient).toBeCloseTo((above - below) / 2e-4, 6);
    });
  });
});

test('closing a shared gate removes the price of its channel in each layer', () => {
  const closed = (channels: number) =>
    quantizers.map((quantizer, index) => {
      const value = quantizer.phi.value.map((phi, at) => (at < channels ? -1000 : phi));
      return index === 0 ? { ...quantizer, phi: { ...quantizer.phi, value } } : quantizer;
    });
  const [all, none] = [quantizers, closed(5)].map((each) => costOf(each).value) as [number, number];
  const priced = plan.quantizers.filter(({ name }) => /^(wide|depthwise|again).weight/.test(name));
  expect(priced).toHaveLength(3);
  const others = priceOfGates(
    prices.bops(
      plan,
      setups.map(({ site: { name, macs } }) => ({
        name,
        macs: priced.some((site) => site.name === name) ? 0 : macs,
        smallest: 2 as const,
        rounded: true,
      })),
    ),
    sites,
  )(quantizers).value;
  expect(none).toBeCloseTo(others, 10);
  expect(none).toBeLessThan(all);
});
