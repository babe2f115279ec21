import { describe, expect, test } from 'vitest';
import { formatConfig, parseConfig } from '../../src/config/config.js';
import { errorsOf } from './errors.js';

const own = (mean: string) => `dataset: {path: x, classes: 3, mean: ${mean}}\nmodel: lenet5\n`;
const ownModel = 'model: {layers: [{type: flatten}, {type: dense, name: fc, units: 3}]}\n';

describe('a list', () => {
  test('may be written on one line or several, and is printed on one', () => {
    const inRow = parseConfig(own('[0.5, 0.25]'), '/c.yaml');
    const inLines = parseConfig(
      'dataset:\n  path: x\n  classes: 3\n  mean:\n    - 0.5\n    - 0.25\nmodel: lenet5\n',
      '/c.yaml',
    );
    expect(inRow.dataset).toStrictEqual({ path: '/x', classes: 3, mean: [0.5, 0.25] });
    expect(inLines).toStrictEqual(inRow);
    expect(formatConfig(inRow)).toContain('  mean: [0.5, 0.25]\n');
  });

  test.each([
    [
      '0.5',
      ['1:38 dataset.mean: found 0.5, expected a list of 1 to 16, each a number from 0 to 1'],
    ],
    [
      '{0: 0.5}',
      ['1:38 dataset.mean: found a mapping, expected a list of 1 to 16, each a number from 0 to 1'],
    ],
    [
      '[]',
      [
        '1:38 dataset.mean: found an empty list, expected a list of 1 to 16, each a number from 0 to 1',
      ],
    ],
    [
      `[${'0,'.repeat(17)}]`,
      [
        '1:38 dataset.mean: found a list of 17, expected a list of 1 to 16, each a number from 0 to 1',
      ],
    ],
    [
      '[x, 0.5, 2, ~]',
      [
        '1:39 dataset.mean.0: found "x", expected a number from 0 to 1',
        '1:47 dataset.mean.2: found 2, expected a number from 0 to 1',
        '1:50 dataset.mean.3: found ~, expected a number from 0 to 1',
      ],
    ],
    ['[[0.5]]', ['1:39 dataset.mean.0: found a list, expected a number from 0 to 1']],
  ])('with invalid elements is refused: %s', (mean, errors) => {
    expect(errorsOf(own(mean))).toStrictEqual(errors.map((error) => `c.yaml:${error}`));
  });

  test('has errors at the positions of its elements', () => {
    const text =
      'dataset: cifar10\nmodel:\n  layers:\n    - type: flatten\n\n    - type: dense\n      name: fc\n';
    expect(errorsOf(text)).toStrictEqual([
      'c.yaml:6:7 model.layers.1.units: missing, expected an integer from 1 to 65536',
    ]);
  });

  test('in place of a mapping or a value gets no errors for its elements', () => {
    expect(errorsOf('dataset: mnist\nmodel: lenet5\ntraining: [epochs]\nmu: [x]\n')).toStrictEqual([
      'c.yaml:3:11 training: found a list, expected a mapping (keys: epochs, batchSize, augmentation, schedule, learns, clipGradients, images, batchNorm, validationImages, shiftPixels, cutoutPixels, mixupAlpha, labelSmoothing, averageWeights)',
      'c.yaml:4:5 mu: found a list, expected a number of at least 0',
    ]);
  });

  test.each([
    ['*a', '1:39 dataset.mean.0: found the alias *a, expected the value itself'],
    ['!!float 1', '1:47 dataset.mean.0: found the tag !!float, expected none'],
    ['.nan', '1:39 dataset.mean.0: found .nan, expected a finite number'],
  ])('is refused with a feature of YAML that configs do not have: %s', (element, error) => {
    expect(errorsOf(own(`[${element}]`))).toStrictEqual([`c.yaml:${error}`]);
  });

  test.each([
    ['<<: {units: 3}', '2:57 model.layers.0.<<: found a merge key, expected the keys themselves'],
    [
      '__proto__: 1',
      '2:57 model.layers.0.__proto__: unknown key, expected one of: type, name, units, batchNorm, activation',
    ],
    [
      'constructor: 1',
      '2:57 model.layers.0.constructor: unknown key, expected one of: type, name, units, batchNorm, activation',
    ],
    ['name: b', '2:57 model.layers.0.name: given twice, first on line 2'],
    [
      'batchNorm: *a',
      '2:68 model.layers.0.batchNorm: found the alias *a, expected the value itself',
    ],
    ['? [x]', '2:59 model.layers.0."?": found a list as a key, expected text'],
  ])('of mappings is refused with a bad key: %s', (pair, error) => {
    const text = `dataset: mnist\nmodel: {layers: [{type: dense, name: a,     units: 3,   ${pair}}]}\n`;
    expect(errorsOf(text)).toStrictEqual([`c.yaml:${error}`]);
  });
});

describe('an override of a list', () => {
  test('replaces the whole list', () => {
    const config = parseConfig(own('[0.5, 0.25]'), '/c.yaml', ['dataset.mean=[0.125]']);
    expect(config.dataset).toMatchObject({ mean: [0.125] });
    const layers = 'model={layers: [{type: dense, name: fc, units: 2}]}';
    expect(parseConfig(`dataset: mnist\n${ownModel}`, 'c.yaml', [layers]).model).toStrictEqual({
      layers: [{ type: 'dense', name: 'fc', units: 2 }],
      initialWeights: 'uniform',
    });
  });

  test('removes the errors of the replaced list', () => {
    expect(() => parseConfig(own('[*a, x]'), 'c.yaml', ['dataset.mean=[0]'])).not.toThrow();
  });

  test.each([
    ['dataset.mean=[2]', 'dataset.mean.0: found 2, expected a number from 0 to 1'],
    ['dataset.mean=[*a]', 'dataset.mean.0: found the alias *a, expected the value itself'],
    [
      'dataset.mean.0=0.5',
      'dataset.mean.0: found an element of a list, expected the whole list, dataset.mean=[...]',
    ],
    [
      'model.layers.1.units=5',
      'model.layers.1.units: found an element of a list, expected the whole list, model.layers=[...]',
    ],
    [
      'model.layers.x=5',
      'model.layers.x: found an element of a list, expected the whole list, model.layers=[...]',
    ],
  ])('%s', (override, error) => {
    const text = `dataset: {path: x, classes: 3, mean: [0.5]}\n${ownModel}`;
    expect(errorsOf(text, override)).toStrictEqual([`command line: ${error}`]);
  });
});
