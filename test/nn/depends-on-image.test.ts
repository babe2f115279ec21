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
  ['the layer that all else reads', ['a'], false],
  ['a branch beside a shortcut without layers', ['b', 'c'], true],
  ['one of two summands', ['d'], true],
  ['both summands', ['d', 'e'], false],
  ['the hidden part alone', ['b', 'c', 'e'], true],
  ['the logits', ['f'], false],
])('without the channels of %s (%j) what is given depends on the image: %s', (_, emptied, does) => {
  expect(
    dependsOnImage(steps, (weight) => !emptied.some((name) => weight === `${name}/weight`)),
  ).toBe(does);
});
