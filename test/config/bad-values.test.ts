import { describe, expect, test } from 'vitest';
import { errorsOf, expectedAt, least, topLevel } from './errors.js';

test('all errors are reported at once, from top to bottom', () => {
  const text = `# An experiment.

modle: lenet5
dataset: {name: mnist, path: 3}
training:
  batchSize: -1.5
  epochs: ten
  epoch: 3
seed: no
mu:
optimizers: {weights: {learningRate: 0, beta1: 1}, gates: adam}
`;
  expect(errorsOf(text)).toStrictEqual([
    `c.yaml:3:1 model: missing, expected ${expectedAt.model}`,
    'c.yaml:3:1 modle: unknown key, did you mean model?',
    'c.yaml:4:30 dataset.path: found 3, expected text on one line, not empty',
    'c.yaml:6:14 training.batchSize: found -1.5, expected an integer of at least 1',
    'c.yaml:7:11 training.epochs: found "ten", expected an integer of at least 1',
    'c.yaml:8:3 training.epoch: unknown key, did you mean training.epochs?',
    'c.yaml:9:7 seed: found "no", expected an integer from 0 to 4294967295',
    'c.yaml:10:4 mu: found nothing, expected a number of at least 0',
    'c.yaml:11:38 optimizers.weights.learningRate: found 0, expected a number above 0',
    'c.yaml:11:48 optimizers.weights.beta1: found 1, expected a number of at least 0 and below 1',
    'c.yaml:11:59 optimizers.gates: found "adam", expected a mapping (keys: learningRate, beta1, beta2, epsilon)',
  ]);
});

describe('a value', () => {
  test.each([
    ['seed: -1', '3:7 seed: found -1, expected an integer from 0 to 4294967295'],
    ['seed: 4294967296', '3:7 seed: found 4294967296, expected an integer from 0 to 4294967295'],
    ['seed: 0.5', '3:7 seed: found 0.5, expected an integer from 0 to 4294967295'],
    ['threads: 0', '3:10 threads: found 0, expected an integer of at least 1'],
    ['threads: ~', '3:10 threads: found ~, expected an integer of at least 1'],
    ['tf32: 1', '3:7 tf32: found 1, expected true or false'],
    ['mu: -1e-9', '3:5 mu: found -1e-9, expected a number of at least 0'],
    ['mu: 1_000', '3:5 mu: found "1_000", expected a number of at least 0'],
    ['mu: "1"', '3:5 mu: found "1", expected a number of at least 0'],
    ['mu: true', '3:5 mu: found true, expected a number of at least 0'],
    ['mu: .nan', '3:5 mu: found .nan, expected a finite number'],
    ['mu: .inf', '3:5 mu: found .inf, expected a finite number'],
    ['mu: 1e999', '3:5 mu: found 1e999, expected a finite number'],
    ['mu: [1]', '3:5 mu: found a list, expected a number of at least 0'],
    ['mu: {a: 1}', '3:5 mu: found a mapping, expected a number of at least 0'],
    [
      'backend: gpu',
      '3:10 backend: found "gpu", expected one of: auto, native-gpu, native-cpu, wasm',
    ],
    [
      'gates: {sampling: none}',
      '3:19 gates.sampling: found "none", expected one of: stochastic, deterministic',
    ],
    ['gates: {initialPhi: {16: six}}', '3:26 gates.initialPhi.16: found "six", expected a number'],
    [
      'regularizer: bops',
      '3:14 regularizer: found "bops", expected a mapping (keys: weighting, warmUpEpochs)',
    ],
    [
      'training: {schedule: steps}',
      '3:22 training.schedule: found "steps", expected one of: published, constant, linear, cosine, or a mapping (keys: milestones, factor)',
    ],
    [
      'training:',
      '3:10 training: found nothing, expected a mapping (keys: epochs, batchSize, augmentation, schedule, learns, clipGradients, images, batchNorm, validationImages, shiftPixels, cutoutPixels, mixupAlpha, labelSmoothing, averageWeights)',
    ],
    [
      'optimizers: {ranges: {beta2: -0.1}}',
      '3:30 optimizers.ranges.beta2: found -0.1, expected a number of at least 0 and below 1',
    ],
    [
      'optimizers: {gates: {epsilon: 0}}',
      '3:31 optimizers.gates.epsilon: found 0, expected a number above 0',
    ],
  ])('%s', (line, error) => {
    expect(errorsOf(`${least}${line}\n`)).toStrictEqual([`c.yaml:${error}`]);
  });

  test('is shortened in a message', () => {
    expect(errorsOf(`${least}backend: ${'x'.repeat(10_000)}\n`)).toStrictEqual([
      `c.yaml:3:10 backend: found "${'x'.repeat(60)}…", expected one of: auto, native-gpu, native-cpu, wasm`,
    ]);
    expect(errorsOf(`${least}seed: ${'9'.repeat(10_000)}\n`)).toStrictEqual([
      `c.yaml:3:7 seed: found ${'9'.repeat(60)}…, expected a finite number`,
    ]);
  });

  test('is escaped in a message, so that a terminal obeys none of it', () => {
    const text = `${least}"\\e[31mred": 1\n"two words": 1\nbackend: "\\e]0;title\\a \\u202e \\n"\n`;
    expect(errorsOf(text)).toStrictEqual([
      `c.yaml:3:1 "\\u{1b}[31mred": unknown key, expected one of: ${topLevel}`,
      `c.yaml:4:1 "two words": unknown key, expected one of: ${topLevel}`,
      'c.yaml:5:10 backend: found "\\u{1b}]0;title\\u{7} \\u{202e} \\u{a}", expected one of: auto, native-gpu, native-cpu, wasm',
    ]);
  });
});

describe('the data set', () => {
  const expected = `expected ${expectedAt.dataset}`;
  const expectedName = `expected ${expectedAt['dataset.name']}`;

  test.each([
    ['mnst', [`1:10 dataset.name: found "mnst", ${expectedName}`]],
    ['3', [`1:10 dataset: found 3, ${expected}`]],
    ['[mnist]', [`1:10 dataset: found a list, ${expected}`]],
    ['', [`1:10 dataset: found nothing, ${expected}`]],
    ['{}', [`1:10 dataset.name: missing, ${expectedName}`]],
    ['{path: x}', [`1:10 dataset: found a mapping without name or classes, ${expected}`]],
    ['{name: mnst}', [`1:17 dataset.name: found "mnst", ${expectedName}`]],
    [
      '{nam: mnist, path: ""}',
      [
        `1:10 dataset.name: missing, ${expectedName}`,
        '1:11 dataset.nam: unknown key, did you mean dataset.name?',
        '1:29 dataset.path: found "", expected text on one line, not empty',
      ],
    ],
    [
      '{name: mnist, path: "a\\0b"}',
      ['1:30 dataset.path: found "a\\u{0}b", expected text on one line, not empty'],
    ],
    [
      '{name: mnist, path: "\\ud800"}',
      ['1:30 dataset.path: found "\\u{d800}", expected text on one line, not empty'],
    ],
  ])('%s', (value, errors) => {
    expect(errorsOf(`dataset: ${value}\nmodel: lenet5\n`)).toStrictEqual(
      errors.map((error) => `c.yaml:${error}`),
    );
  });
});

describe('an unknown key', () => {
  test.each([
    ['sede: 1', '3:1 sede: unknown key, did you mean seed?'],
    ['Seed: 1', '3:1 Seed: unknown key, did you mean seed?'],
    [
      'gates: {initial_phi: {}}',
      '3:9 gates.initial_phi: unknown key, did you mean gates.initialPhi?',
    ],
    ['batch_size: 1', '3:1 batch_size: unknown key, did you mean batchSize, under training?'],
    ['epochs: 3', '3:1 epochs: unknown key, did you mean epochs, under training or fineTuning?'],
    [
      'training.epochs: 3',
      '3:1 "training.epochs": unknown key, did you mean epochs, under training?',
    ],
    [
      'optimizers: {gates.epsilon: 3}',
      '3:14 optimizers."gates.epsilon": unknown key, did you mean epsilon, under optimizers.gates?',
    ],
    ['training: {mu: 3}', '3:12 training.mu: unknown key, did you mean mu, at the top?'],
    ['um: 1', '3:1 um: unknown key, did you mean mu?'],
    [
      'learningRate: 1',
      '3:1 learningRate: unknown key, did you mean learningRate, under optimizers.weights or optimizers.gates or optimizers.ranges or fineTuning.weights or fineTuning.ranges?',
    ],
    [
      'gates: {initialPhi: {64: 1}}',
      '3:22 gates.initialPhi.64: unknown key, expected one of: 2, 4, 8, 16, 32',
    ],
    ['optimizer: adam', '3:1 optimizer: unknown key, did you mean optimizers?'],
    ['x: 1', `3:1 x: unknown key, expected one of: ${topLevel}`],
    ['a.b: 1', `3:1 "a.b": unknown key, expected one of: ${topLevel}`],
    ['__proto__: {mu: 1}', `3:1 __proto__: unknown key, expected one of: ${topLevel}`],
    ['constructor: 1', `3:1 constructor: unknown key, expected one of: ${topLevel}`],
    ['constructor: x', `3:1 constructor: unknown key, expected one of: ${topLevel}`],
    [
      'optimizers: {weights: {name: sgd, beta1: 0.9}}',
      '3:35 optimizers.weights.beta1: unknown key where name is sgd, expected one of: name, learningRate, momentum, weightDecay',
    ],
    ['~: 1', `3:1 null: unknown key, expected one of: ${topLevel}`],
    [
      'training: {__proto__: {epochs: 3}}',
      '3:12 training.__proto__: unknown key, expected one of: epochs, batchSize, augmentation, schedule, learns, clipGradients, images, batchNorm, validationImages, shiftPixels, cutoutPixels, mixupAlpha, labelSmoothing, averageWeights',
    ],
  ])('%s', (line, error) => {
    expect(errorsOf(`${least}${line}\n`)).toStrictEqual([`c.yaml:${error}`]);
  });
});

test('only the first fifty of many errors are shown', () => {
  const lines = Array.from({ length: 60 }, (_, i) => `x${i}: 1\n`);
  const errors = errorsOf(least + lines.join(''));
  expect(errors).toHaveLength(51);
  expect(errors.at(-1)).toBe('and 10 more');
});
