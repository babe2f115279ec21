import { expect, test } from 'vitest';
import {
  formatAccuracies,
  formatBits,
  formatRelativeBops,
  formatSize,
} from '../../src/report/format.js';
import { threeDigits } from '../../src/text/figures.js';

const spread = (mean: number, plusMinus?: number) => ({
  mean,
  plusMinus,
  standardError: plusMinus,
  halfInterval: plusMinus,
  values: [mean],
});

test.each([
  [spread(99.305, 0.0186), '99.31 ± 0.02'],
  [spread(100), '100.00'],
  [spread(10, 0), '10.00 ± 0.00'],
  // Not rounded to 0.
  [spread(99, 0.0033), '99.00 ± 0.003'],
])('accuracy %o is %s', (value, text) => {
  expect(formatAccuracies(value)).toBe(text);
});

test.each([
  [spread(0.3621, 0.0108), '0.362 ± 0.011'],
  [spread(1.234, 0.2), '1.23 ± 0.20'],
  [spread(0.9999), '1.00'],
  [spread(0.9996), '1.00'],
  [spread(0.9994), '0.999'],
  [spread(100), '100'],
  [spread(0.000012), '0.0000120'],
  [spread(0), '0'],
])('relative bit operations %o are %s', (value, text) => {
  expect(formatRelativeBops(value)).toBe(text);
});

test('numbers have three digits, without an exponent', () => {
  expect([0.01749, 1.5, -1.5, 13, 4369].map(threeDigits)).toEqual([
    '0.0175',
    '1.50',
    '-1.50',
    '13.0',
    '4369',
  ]);
});

test('bits have a mean and a range', () => {
  expect(formatBits({ mean: 2.44, lowest: 2, highest: 8 })).toBe('2.4 (2-8)');
  expect(formatBits({ mean: 2, lowest: 2, highest: 2 })).toBe('2');
  expect(formatBits({ mean: undefined, lowest: 2, highest: 8 })).toBe('2-8');
  expect(formatBits(undefined)).toBe('');
});

test('sizes are shown if known', () => {
  expect(formatSize(62_100)).toBe('62.1 kB');
  expect(formatSize(undefined)).toBe('');
});
