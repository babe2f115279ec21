import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { errorsOf, expectedAt, least } from './errors.js';

const parse = (text: string, ...overrides: string[]) => parseConfig(text, 'c.yaml', overrides);

describe('an override', () => {
  test('replaces a value, or adds one', () => {
    const config = parse(
      `${least}seed: 5\ntraining: {epochs: 5, batchSize: 5}\n`,
      'training.epochs=3',
      'mu=2e-1',
      'gates.initialPhi.4=-1.5',
      'optimizers.gates.learningRate=1',
    );
    expect(config.training).toMatchObject({ epochs: 3, batchSize: 5 });
    expect(config).toMatchObject({ seed: 5, mu: 0.2 });
    expect(config.gates.initialPhi[4]).toBe(-1.5);
    expect(config.optimizers.gates.learningRate).toBe(1);
  });

  test('of a section replaces the section', () => {
    const { training } = parse(
      `${least}training: {epochs: 5, batchSize: 5}\n`,
      'training={epochs: 3}',
    );
    expect(training).toMatchObject({ epochs: 3, batchSize: 128 });
  });

  test('takes precedence over earlier ones', () => {
    expect(parse(least, 'mu=1', 'mu=2').mu).toBe(2);
    const { training } = parse(least, 'training={epochs: 3}', 'training.batchSize=1');
    expect(training).toMatchObject({ epochs: 3, batchSize: 1 });
    expect(parse(least, 'training.epochs=1', 'training={}').training.epochs).toBe(100);
  });

  test('may provide required keys, even for an empty file', () => {
    expect(parse('', 'dataset=mnist', 'model=lenet5')).toStrictEqual(parse(least));
    expect(parse(least, 'model.width=0.5').model).toMatchObject({ name: 'lenet5', width: 0.5 });
    expect(parse('dataset:\n', 'dataset.name=mnist', 'model=lenet5')).toStrictEqual(parse(least));
  });

  test('of the data set’s path works with its short form', () => {
    const config = parse(least, 'dataset.path=/data');
    expect(config.dataset).toStrictEqual({ name: 'mnist', path: '/data' });
  });

  test('may be quoted text that looks like a comment', () => {
    expect(parse(least, 'dataset.path="/std #x"').dataset.path).toBe('/std #x');
    expect(parse(least, "dataset={name: mnist, path: '/#x'}").dataset.path).toBe('/#x');
    expect(parse(least, 'dataset.path=/std#x').dataset.path).toBe('/std#x');
  });

  test('has a value up to the end, including equals signs', () => {
    expect(parse(least, 'dataset.path=/a=b').dataset.path).toBe('/a=b');
  });

  test.each([
    ['seed: x', 'seed=3'],
    ['seed: *a', 'seed=3'],
    ['training: 5', 'training={}'],
    ['training: {epochs: x}', 'training={}'],
    ['training: {epochs: x}', 'training.epochs=1'],
    ['training:', 'training.epochs=1'],
  ])('removes the error in "%s": %s', (line, override) => {
    expect(() => parse(`${least}${line}\n`, override)).not.toThrow();
  });

  test.each([
    [
      'training: 5',
      '3:11 training: found 5, expected a mapping (keys: epochs, batchSize, augmentation, schedule, learns, clipGradients, images, batchNorm, validationImages, shiftPixels, cutoutPixels, mixupAlpha, labelSmoothing, averageWeights)',
    ],
    [
      'training: [x]',
      '3:11 training: found a list, expected a mapping (keys: epochs, batchSize, augmentation, schedule, learns, clipGradients, images, batchNorm, validationImages, shiftPixels, cutoutPixels, mixupAlpha, labelSmoothing, averageWeights)',
    ],
    ['training: *a', '3:11 training: found the alias *a, expected the value itself'],
  ])('within a value that is not a section keeps its error: %s', (line, error) => {
    expect(errorsOf(`${least}${line}\n`, 'training.epochs=1')).toStrictEqual([`c.yaml:${error}`]);
  });
});

describe('a bad override', () => {
  test.each([
    ['foo', '"foo": found no "=", expected key=value, as in training.epochs=3'],
    ['', '"": found no "=", expected key=value, as in training.epochs=3'],
    ['=3', '"=3": found no key, expected key=value, as in training.epochs=3'],
    ['training.epoch=3', 'training.epoch: unknown key, did you mean training.epochs?'],
    ['trainig.epochs=3', 'trainig.epochs: unknown key, did you mean training.epochs?'],
    ['epochs=3', 'epochs: unknown key, did you mean training.epochs or fineTuning.epochs?'],
    [
      'sweep.mu=[1]',
      'sweep.mu: found a sweep, expected a single run; to run the whole sweep, use bbits sweep',
    ],
    ['seed.x=3', 'seed.x: unknown key, seed takes a single value'],
    [
      'training.=3',
      'training."": unknown key, expected one of: epochs, batchSize, augmentation, schedule, learns, clipGradients, images, batchNorm, validationImages, shiftPixels, cutoutPixels, mixupAlpha, labelSmoothing, averageWeights',
    ],
    [
      'training.__proto__=3',
      'training.__proto__: unknown key, expected one of: epochs, batchSize, augmentation, schedule, learns, clipGradients, images, batchNorm, validationImages, shiftPixels, cutoutPixels, mixupAlpha, labelSmoothing, averageWeights',
    ],
    ['training.epochs=x', 'training.epochs: found "x", expected an integer of at least 1'],
    ['training.epochs=', 'training.epochs: found nothing, expected an integer of at least 1'],
    ['training.epochs=.inf', 'training.epochs: found .inf, expected a finite number'],
    ['training={epoch: 3}', 'training.epoch: unknown key, did you mean training.epochs?'],
    ['training={epochs: 1, epochs: 2}', 'training.epochs: given twice'],
    ['mu=[', 'mu: not valid YAML: Flow sequence must end with a ]'],
    [
      'dataset.path=std #x',
      `dataset.path: found "#x", which is a comment in YAML, expected a value; if it is text, quote it: 'dataset.path="std #x"'`,
    ],
    [
      "dataset.path=std # it's",
      `dataset.path: found "# it's", which is a comment in YAML, expected a value; if it is text, quote it: 'dataset.path="std # it'\\''s"'`,
    ],
    [
      'dataset.path=&a',
      `dataset.path: found "&a", which is an anchor in YAML, expected a value; if it is text, quote it: 'dataset.path="&a"'`,
    ],
    [
      'dataset.path=a\n---\nb',
      String.raw`dataset.path: found "---", which is the start of a document in YAML, expected a value; if it is text, quote it: 'dataset.path="a\n---\nb"'`,
    ],
    [
      'dataset.path=a\n...\nb',
      String.raw`dataset.path: found "...", which is the end of a document in YAML, expected a value; if it is text, quote it: 'dataset.path="a\n...\nb"'`,
    ],
    ['mu=*a', 'mu: found the alias *a, expected the value itself'],
    ['mu=!x 1', 'mu: found the tag !x, expected none'],
    ['mu=\u001b[2J', 'mu: found "\\u{1b}[2J", expected a number of at least 0'],
    ['dataset.path=', 'dataset.path: found nothing, expected text on one line, not empty'],
    ['dataset=mnst', `dataset.name: found "mnst", expected ${expectedAt['dataset.name']}`],
    ['model=3', `model: found 3, expected ${expectedAt.model}`],
    [
      'dataset={path: x}',
      `dataset: found a mapping without name or classes, expected ${expectedAt.dataset}`,
    ],
  ])('%s', (override, error) => {
    expect(errorsOf(least, override)).toStrictEqual([`command line: ${error}`]);
  });

  test('is reported after the file’s errors, in order', () => {
    expect(errorsOf(`${least}seed: x\n`, 'mu=x', 'mo=1', 'threads=x')).toStrictEqual([
      'c.yaml:3:7 seed: found "x", expected an integer from 0 to 4294967295',
      'command line: mu: found "x", expected a number of at least 0',
      'command line: mo: unknown key, did you mean mu?',
      'command line: threads: found "x", expected an integer of at least 1',
    ]);
  });

  test('reports missing keys in a section that it adds', () => {
    expect(errorsOf('model: lenet5\n', 'dataset.classes=3')).toStrictEqual([
      'command line: dataset.path: missing, expected text on one line, not empty',
    ]);
    expect(errorsOf('dataset: mnst\nmodel: lenet5\n', 'dataset.path=x')).toStrictEqual([
      `c.yaml:1:10 dataset.name: found "mnst", expected ${expectedAt['dataset.name']}`,
    ]);
  });
});
