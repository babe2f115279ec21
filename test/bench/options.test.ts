import { expect, test } from 'vitest';
import { parseOptions } from '../../bench/options.js';

test('compares LeNet-5 with two threads unless told otherwise', () => {
  const { suiteName, suite, threads, rounds, profiled, json } = parseOptions([]);
  expect({ suiteName, threads, rounds, profiled, json }).toEqual({
    suiteName: 'lenet5',
    threads: 2,
    rounds: 30,
    profiled: undefined,
    json: false,
  });
  expect(suite.batchSize).toBe(128);
});

test.each([
  [['vgg7'], 1, 32],
  [['vgg7', '--width', '0.25'], 0.25, 128],
  [['vgg7', '--width', '0.25', '--batch', '8'], 0.25, 8],
])('%j has width %d and batch %d', (args, width, batchSize) => {
  expect(parseOptions(args).suite).toMatchObject({ width, batchSize });
});

test.each([
  [['profile', 'lenet5'], 'as a run starts (8 bits)'],
  [['profile', 'resnet20', 'full'], 'full precision'],
  [['profile', 'vgg7', '8 bits, folded'], '8 bits, folded'],
])('%j profiles %s', (args, profiled) => {
  expect(parseOptions(args).profiled).toBe(profiled);
});

test.each([
  [['alexnet'], '"alexnet" is not a network'],
  [['profile'], '"" is not a network'],
  [['profile', 'lenet5', 'all', 'of', 'it'], 'unexpected "of", "it"'],
  [['profile', 'lenet5', 'full precision, eager'], 'not a setting that runs as a graph'],
  [['lenet5', '--threads', '1.5'], '--threads is "1.5"; expected a whole number'],
  [['lenet5', '--width', '0'], '--width is "0"; expected a positive number'],
  [['lenet5', 'soon'], 'ROUNDS is "soon"'],
  [['lenet5', '--trace', 'step.json'], '--trace is only for "profile"'],
  [['--treads', '2'], "Unknown option '--treads'"],
])('%j is refused', (args, reason) => {
  expect(() => parseOptions(args)).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
  expect(() => parseOptions(args)).toThrow(reason);
  expect(() => parseOptions(args)).toThrow('usage: npm run bench');
});
