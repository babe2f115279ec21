import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { UserError } from '../../src/errors.js';
import { planFor } from '../../src/setup/plan-for-config.js';

const mnist = { name: 'mnist', classes: 10, imageShape: [28, 28, 1] } as const;

function linesOf(layers: string, overrides: readonly string[] = []): string[] {
  const { model } = parseConfig(
    `dataset: mnist\nmodel:\n  layers:\n${layers}`,
    'own.yaml',
    overrides,
  );
  try {
    planFor(model, mnist);
  } catch (error) {
    if (error instanceof UserError && error.exitCode === 2) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('independent misfits of all layers are reported at once, each with its place', () => {
  const lines = linesOf(`    - { type: max-pool, size: 5 }
    - { type: convolution, name: c1, filters: 6, kernel: 3 }
    - { type: convolution, name: c2, filters: 8, kernel: 3, groups: 4 }
    - { type: dense, name: d1, units: 5 }
    - { type: convolution, name: c3, filters: 8, kernel: 3 }
    - type: residual
      name: block
      branch:
        - { type: convolution, name: c4, filters: 8, kernel: [9, 1] }
        - { type: subsample, stride: 1, channels: 7 }
    - { type: average-pool }
    - { type: dense, name: d2, units: 10, activation: relu6 }
`);
  const images = 'for the 28x28x1 images of mnist';
  expect(lines).toEqual([
    `own.yaml:4:7 model.layers.0: max-pool layer reads [28, 28, 1]; expected a height and a width divisible by 5, or a stride, which leaves out the remainder, ${images}`,
    `own.yaml:6:7 model.layers.2: convolution layer "c2" reads [?, ?, 6]; expected a number of channels divisible by its 4 groups, ${images}`,
    `own.yaml:7:7 model.layers.3: dense layer "d1" reads [?, ?, 8]; expected a flat input; put a flatten layer before it, ${images}`,
    `own.yaml:8:7 model.layers.4: convolution layer "c3" reads [5]; expected an image of height, width and channels, ${images}`,
    `own.yaml:13:11 model.layers.5.branch.1: subsample layer reads [?, ?, 8]; expected an odd number of channels, at most 7, ${images}`,
    `own.yaml:15:7 model.layers.7: the last layer, "d2", gives the logits; expected no activation, ${images}`,
  ]);
});

test('a wrong number of classes is reported at the last layer, even if an override set the layers', () => {
  expect(linesOf('    - { type: flatten }\n    - { type: dense, name: d, units: 9 }\n')).toEqual([
    'own.yaml:5:7 model.layers.1: its last layer has the output shape [9], expected [10], one number for each class, for the 28x28x1 images of mnist',
  ]);
  const override = 'model={layers: [{type: dense, name: d, units: 10}]}';
  expect(linesOf('    - { type: flatten }\n', [override])).toEqual([
    'command line: model.layers.0: dense layer "d" reads [28, 28, 1]; expected a flat input; put a flatten layer before it, for the 28x28x1 images of mnist',
  ]);
});
