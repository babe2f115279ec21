import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { parseSweep } from '../../src/config/sweep.js';
import { errorsOf, expectedAt } from './errors.js';

// Keys that take several forms of mappings: a name with options, or the user's own definition.

describe('the user’s own data set', () => {
  test('has a path and classes, and optionally means and standard deviations', () => {
    const parse = (dataset: string) =>
      parseConfig(`dataset: ${dataset}\nmodel: lenet5\n`, '/c.yaml').dataset;
    expect(parse('{path: x, classes: 2}')).toStrictEqual({ path: '/x', classes: 2 });
    const whole = { path: '/x', classes: 256, mean: [0, 1], std: [1e-3, 1] };
    expect(parse(JSON.stringify(whole))).toStrictEqual(whole);
  });

  test.each([
    ['{classes: 3}', ['1:10 dataset.path: missing, expected text on one line, not empty']],
    ['{path: x, mean: [0]}', ['1:10 dataset.classes: missing, expected an integer from 2 to 256']],
    ['{path: x, classes: 1}', ['1:29 dataset.classes: found 1, expected an integer from 2 to 256']],
    [
      '{path: x, classes: 257, std: [0]}',
      [
        '1:29 dataset.classes: found 257, expected an integer from 2 to 256',
        '1:40 dataset.std.0: found 0, expected a number above 0 and of at most 1',
      ],
    ],
    [
      '{path: x, clases: 3}',
      [
        '1:10 dataset.classes: missing, expected an integer from 2 to 256',
        '1:20 dataset.clases: unknown key, did you mean dataset.classes?',
      ],
    ],
    [
      '{path: x, classes: 3, means: [0]}',
      ['1:32 dataset.means: unknown key, did you mean dataset.mean?'],
    ],
    [
      '{name: birds, path: x, classes: 3}',
      ['1:11 dataset.name: unknown key beside classes, expected one of: path, classes, mean, std'],
    ],
    [
      '{name: birds, path: x}',
      [`1:17 dataset.name: found "birds", expected ${expectedAt['dataset.name']}`],
    ],
  ])('%s', (dataset, errors) => {
    expect(errorsOf(`dataset: ${dataset}\nmodel: lenet5\n`)).toStrictEqual(
      errors.map((error) => `c.yaml:${error}`),
    );
  });

  test.each(['classes: 10', 'mean: [0.5]', 'std: [0.5]'])(
    'has a key that a named data set does not: %s',
    (pair) => {
      const [key = ''] = pair.split(':');
      expect(errorsOf(`dataset: {name: mnist, ${pair}}\nmodel: lenet5\n`)).toStrictEqual([
        `c.yaml:1:24 dataset.${key}: unknown key beside name, expected one of: name, path`,
      ]);
    },
  );

  test('cannot result from overriding a named one', () => {
    expect(errorsOf('dataset: mnist\nmodel: lenet5\n', 'dataset.classes=3')).toStrictEqual([
      'command line: dataset.classes: unknown key beside name, expected one of: name, path',
    ]);
  });
});

describe('a model', () => {
  const name = `expected ${expectedAt['model.name']}`;

  test.each([
    ['{}', [`found a mapping without name or layers, expected ${expectedAt.model}`]],
    ['{x: 1}', [`found a mapping without name or layers, expected ${expectedAt.model}`]],
    ['{width: 2}', [`.name: missing, ${name}`]],
    [
      '{name: lenet5, width: 17}',
      ['.width: found 17, expected a number above 0 and of at most 16'],
    ],
    [
      '{name: lenet5, batchNorm: none}',
      ['.batchNorm: found "none", expected one of: folded, unfolded'],
    ],
    [
      '{name: lenet5, batchnorm: folded}',
      ['.batchnorm: unknown key, did you mean model.batchNorm?'],
    ],
    [
      '{name: lenet5, initialWeights: uniform}',
      ['.initialWeights: unknown key beside name, expected one of: name, width, batchNorm'],
    ],
    [
      '{name: mine, layers: [{type: flatten}]}',
      ['.name: unknown key beside layers, expected one of: layers, initialWeights'],
    ],
    [
      '{layers: [{type: flatten}], width: 2}',
      ['.width: unknown key beside layers, expected one of: layers, initialWeights'],
    ],
    [
      '{layers: [{type: flatten}], initialWeights: normal}',
      ['.initialWeights: found "normal", expected one of: uniform, he-normal'],
    ],
  ])('%s', (model, errors) => {
    const found = errorsOf(`dataset: mnist\nmodel: ${model}\n`);
    expect(found.map((error) => error.replace(/^c\.yaml:2:\d+ model(: )?/, ''))).toStrictEqual(
      errors,
    );
  });
});

describe('a name alone', () => {
  test('is short for a mapping with the name, and has errors at its own position', () => {
    expect(parseConfig('dataset: mnist\nmodel: vgg7\n', 'c.yaml')).toStrictEqual(
      parseConfig('dataset: { name: mnist }\nmodel: { name: vgg7 }\n', 'c.yaml'),
    );
    expect(errorsOf('dataset: mnist\n\nmodel:\n  lenet\n')).toStrictEqual([
      `c.yaml:4:3 model.name: found "lenet", expected ${expectedAt['model.name']}`,
    ]);
    expect(errorsOf('dataset: !!str mnist\nmodel: lenet5\n')).toStrictEqual([
      'c.yaml:1:16 dataset.name: found the tag !!str, expected none',
    ]);
  });

  test('is also short in a sweep, where a path can be added', () => {
    const text = 'dataset: mnist\nmodel: lenet5\nsweep: {model: [vgg7], dataset.path: [/x]}\n';
    const [point] = parseSweep(text, 'c.yaml');
    expect(point?.settings).toEqual({ model: 'vgg7', 'dataset.path': '/x' });
    expect(point?.config).toMatchObject({
      dataset: { name: 'mnist', path: '/x' },
      model: { name: 'vgg7', width: 1 },
    });
    const bad = 'dataset: mnist\nsweep:\n  model: [vgg7, vgg]\n';
    expect(() => parseSweep(bad, 'c.yaml')).toThrow(
      `c.yaml:3:17 model.name: found "vgg", expected ${expectedAt['model.name']}`,
    );
  });
});
