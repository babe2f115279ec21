import { expect, test } from 'vitest';
import { dependsOnImage } from '../../src/nn/depends-on-image.js';
import { averagePool, convolution, dense, residual, type Layer } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';

const layers: Layer[] = [
  convolution('a', 4, 1),
  residual('r', [convolution('b', 4, 1), convolution('c', 4, 1)]),
  residual('p', [convolution('d', 8, 1)], [convolution('e', 8, 1)]),
  averagePool,
  dense('f', 3),
];
const { steps } = planNetwork({ name: 'own', layers }, [4, 4, 3]);

test.each([
  ['nothing', [], true],
  ['the layer that all others read', ['a'], false],
  ['a branch beside a shortcut without layers', ['b', 'c'], true],
  ['one of two summands', ['d'], true],
  ['both summands', ['d', 'e'], false],
  ['a branch and a summand', ['b', 'c', 'e'], true],
  ['the logits', ['f'], false],
])('without the channels of %s (%j), the output depends on the image: %s', (_, emptied, does) => {
  expect(
    dependsOnImage(steps, (weight, channels) =>
      new Array<boolean>(channels).fill(!emptied.some((name) => weight === `${name}/weight`)),
    ),
  ).toBe(does);
});

test.each([
  ['the same group', [true, true, false, false], [true, false], true],
  ['different groups', [true, true, false, false], [false, true], false],
])('respects groups when a layer keeps inputs and outputs of %s', (_, inputs, outputs, does) => {
  const { steps } = planNetwork(
    {
      name: 'in groups',
      layers: [
        convolution('a', 4, 1),
        convolution('pairs', 2, 1, { groups: 2 }),
        averagePool,
        dense('f', 3),
      ],
    },
    [4, 4, 1],
  );
  const kept: Record<string, boolean[]> = { 'a/weight': inputs, 'pairs/weight': outputs };
  const found = dependsOnImage(
    steps,
    (weight, channels) => kept[weight] ?? new Array<boolean>(channels).fill(true),
  );
  expect(found).toBe(does);
});
