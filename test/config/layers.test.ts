import { describe, expect, test } from 'vitest';
import { formatConfig, parseConfig } from '../../src/config/config.js';
import { mostBytes } from '../../src/config/yaml.js';
import { models, type ModelName } from '../../src/models/models.js';
import { weightlessTypes } from '../../src/nn/layers/weightless-types.js';
import type { Layer } from '../../src/nn/network.js';
import { errorsOf } from './errors.js';

const weightless = weightlessTypes.map(({ schema }) => schema.shape.type.value);
const types = `one of: ${['convolution', 'dense', ...weightless, 'residual'].join(', ')}`;
const branchTypes = types.replace(', residual', '');

/** A config with these layers, one per line from line 4. */
const withLayers = (...lines: string[]) =>
  `dataset: mnist\nmodel:\n  layers:\n${lines.map((line) => `    - ${line}\n`).join('')}`;

const parseLayers = (layers: unknown) =>
  parseConfig(JSON.stringify({ dataset: 'mnist', model: { layers } }), 'c.yaml').model;

describe('layers', () => {
  test('have defaults for optional keys', () => {
    expect(
      parseLayers([
        { type: 'convolution', name: 'a', filters: 1, kernel: 1 },
        { type: 'residual', name: 'b', branch: [{ type: 'flatten' }] },
        { type: 'dense', name: 'c', units: 1 },
      ]),
    ).toStrictEqual({
      layers: [
        { type: 'convolution', name: 'a', filters: 1, kernel: 1, stride: 1, padding: 0 },
        { type: 'residual', name: 'b', branch: [{ type: 'flatten' }], shortcut: [] },
        { type: 'dense', name: 'c', units: 1 },
      ],
      initialWeights: 'uniform',
    });
  });

  test.each(Object.keys(models) as ModelName[])('can describe %s', (name) => {
    const { layers } = models[name]({ classes: 10, width: 0.5, batchNorm: 'unfolded' });
    expect(parseLayers(layers)).toMatchObject({ layers });
  });

  test.each([
    [
      '{type: conv, name: a}',
      [`model.layers.0.type: found "conv", expected ${types}; did you mean convolution?`],
    ],
    [
      '{type: conv2d, name: a}',
      [`model.layers.0.type: found "conv2d", expected ${types}; did you mean convolution?`],
    ],
    [
      '{type: global-average-pool}',
      [
        `model.layers.0.type: found "global-average-pool", expected ${types}; did you mean average-pool?`,
      ],
    ],
    [
      '{type: BatchNorm2d}',
      [
        `model.layers.0.type: found "BatchNorm2d", expected ${types}; did you mean convolution, which has a key batchNorm?`,
      ],
    ],
    ['{type: transformer}', [`model.layers.0.type: found "transformer", expected ${types}`]],
    ['{name: a, units: 3}', [`model.layers.0.type: missing, expected ${types}`]],
    ['flatten', [`model.layers.0: found "flatten", expected a mapping (type is ${types})`]],
    [
      '{type: dense, name: a, unit: 3}',
      [
        'model.layers.0.units: missing, expected an integer from 1 to 65536',
        'model.layers.0.unit: unknown key, did you mean model.layers.0.units?',
      ],
    ],
    [
      '{type: dense, name: a, units: 3, kernel: 3}',
      [
        'model.layers.0.kernel: unknown key where type is dense, expected one of: type, name, units, batchNorm, activation',
      ],
    ],
    [
      '{type: flatten, name: a}',
      ['model.layers.0.name: unknown key where type is flatten, expected only type'],
    ],
    [
      '{type: convolution, name: a, filters: 1, kernel: 32, stride: 17, padding: 16}',
      [
        'model.layers.0.kernel: found 32, expected an integer from 1 to 31, or a list of 2 of these',
        'model.layers.0.stride: found 17, expected an integer from 1 to 16, or a list of 2 of these',
        'model.layers.0.padding: found 16, expected one of: same, valid, or an integer from 0 to 15, or a list of 2 of these',
      ],
    ],
    [
      '{type: convolution, name: a, filters: 1, kernel: 3, padding: 3}',
      ['model.layers.0.padding: found 3, expected fewer pixels than the kernel has'],
    ],
    [
      '{type: convolution, name: a, filters: 1, kernel: 3, batchNorm: none}',
      ['model.layers.0.batchNorm: found "none", expected one of: folded, unfolded'],
    ],
    [
      '{type: convolution, name: a, filters: 6, kernel: [3, 32], stride: [1], padding: [1, 1, 1], groups: 4}',
      [
        'model.layers.0.kernel.1: found 32, expected an integer from 1 to 31',
        'model.layers.0.stride: found a list of 1, expected an integer from 1 to 16, or a list of 2 of these',
        'model.layers.0.padding: found a list of 3, expected one of: same, valid, or an integer from 0 to 15, or a list of 2 of these',
      ],
    ],
    [
      '{type: convolution, name: a, filters: 6, kernel: [3, 1], padding: 1, groups: 4}',
      [
        'model.layers.0.padding: found 1, expected fewer pixels than the kernel has',
        'model.layers.0.groups: found 4, expected a divisor of the number of filters',
      ],
    ],
    [
      '{type: max-pool, size: [2, 1], padding: [1, 1]}',
      ['model.layers.0.padding: found a list of 2, expected fewer pixels than size'],
    ],
    [
      '{type: average-pool, stride: 2}',
      ['model.layers.0.size: missing, expected a window size, since stride or padding is given'],
    ],
    [
      '{type: convolution, name: a, filters: 6, kernel: 3, padding: half, activation: gelu}',
      [
        'model.layers.0.padding: found "half", expected one of: same, valid, or an integer from 0 to 15, or a list of 2 of these',
        'model.layers.0.activation: found "gelu", expected one of: relu, relu6, none',
      ],
    ],
    [
      '{type: dropout, rate: 1}',
      ['model.layers.0.rate: found 1, expected a number above 0 and below 1'],
    ],
    [
      '{type: dense, name: a/b, units: 65537}',
      [
        'model.layers.0.name: found "a/b", expected a word of at most 40 letters, digits, "-" and "_"',
        'model.layers.0.units: found 65537, expected an integer from 1 to 65536',
      ],
    ],
    [
      `{type: dense, name: ${'a'.repeat(41)}, units: 1}`,
      [
        `model.layers.0.name: found "${'a'.repeat(41)}", expected a word of at most 40 letters, digits, "-" and "_"`,
      ],
    ],
    [
      '{type: residual, name: a, branch: [{type: residual, name: b}], shortcut: {type: flatten}}',
      [
        `model.layers.0.branch.0.type: found "residual", expected ${branchTypes}`,
        `model.layers.0.shortcut: found a mapping, expected a list of at most 200, each a mapping (type is ${branchTypes})`,
      ],
    ],
    [
      '{type: residual, name: a, branch: [], shotcut: []}',
      [
        `model.layers.0.branch: found an empty list, expected a list of 1 to 200, each a mapping (type is ${branchTypes})`,
        'model.layers.0.shotcut: unknown key, did you mean model.layers.0.shortcut?',
      ],
    ],
    [
      '{type: residual, name: a, branch: [{type: max-pool, sise: 2}]}',
      [
        'model.layers.0.branch.0.size: missing, expected an integer from 1 to 64, or a list of 2 of these',
        'model.layers.0.branch.0.sise: unknown key, did you mean model.layers.0.branch.0.size?',
      ],
    ],
  ])('%s', (layer, errors) => {
    expect(errorsOf(withLayers(layer)).map((error) => error.replace(/^\S+ /, ''))).toStrictEqual(
      errors,
    );
  });

  test('need unique names, including those in residual blocks', () => {
    const text = withLayers(
      '{type: dense, name: a, units: 1}',
      '{type: residual, name: b, branch: [{type: dense, name: a, units: 1}]}',
      '{type: dense, name: b, units: 1}',
    );
    expect(errorsOf(text)).toStrictEqual([
      'c.yaml:5:62 model.layers.1.branch.0.name: found "a", expected a name that no earlier layer has',
      'c.yaml:6:27 model.layers.2.name: found "b", expected a name that no earlier layer has',
    ]);
  });
});

describe('many layers', () => {
  const layer = (i: number): Layer => ({
    type: 'convolution',
    name: `${i}-`.padEnd(40, 'x'),
    filters: 65536,
    kernel: 31,
    stride: 16,
    padding: 15,
    batchNorm: 'unfolded',
  });
  const block = (branch: number) => ({
    type: 'residual',
    name: 'block',
    branch: Array.from({ length: branch }, (_, i) => layer(i)),
  });

  test('are read back from a printed config', () => {
    const config = parseConfig(
      JSON.stringify({ dataset: 'mnist', model: { layers: [block(199)] } }),
      'c.yaml',
    );
    expect(formatConfig(config).length).toBeLessThan(0.9 * mostBytes);
    expect(parseConfig(formatConfig(config), 'c.yaml')).toStrictEqual(config);
  });

  test('are refused, counting those in residual blocks', () => {
    const flatten = { type: 'flatten' };
    const errors = (layers: unknown[]) =>
      errorsOf(JSON.stringify({ dataset: 'mnist', model: { layers } }));
    expect(errors([{ ...block(1), branch: Array(200).fill(flatten) }])).toStrictEqual([
      'c.yaml:1:38 model.layers: found a list of 1, expected at most 200 layers, including those in residual blocks',
    ]);
    expect(errors(Array(201).fill(flatten))[0]).toContain('found a list of 201');
  });
});
