import { expect, test } from 'vitest';
import { counted } from '../../src/text/counted.js';
import { formatAccuracy, threeDigits, wholePercent } from '../../src/text/figures.js';
import { withCommas } from '../../src/text/with-commas.js';

test('accuracies have two decimals', () => {
  expect([99.305, 100, 9.9].map(formatAccuracy)).toEqual(['99.31', '100.00', '9.90']);
});

test('numbers have three digits, without an exponent', () => {
  expect([0.01749, 1.5, 13, 4369].map(threeDigits)).toEqual(['0.0175', '1.50', '13.0', '4369']);
  expect([0, 0.0000812, 9.999].map(threeDigits)).toEqual(['0', '0.0000812', '10.0']);
  expect(threeDigits(1.23e-12)).toBe('0.00000000000123');
});

test('whole percentages are 0 only for none, and 100 only for all', () => {
  const values = [0, 0.2, 0.5, 62.4, 99.4, 99.8, 100];
  expect(values.map(wholePercent)).toEqual(['0', '<1', '1', '62', '99', '>99', '100']);
});

test('counted nouns are plural except for 1', () => {
  expect([0, 1, 2].map((count) => counted(count, 'epoch'))).toEqual([
    '0 epochs',
    '1 epoch',
    '2 epochs',
  ]);
});

test('thousands are separated by commas', () => {
  expect([608, 4267008].map(withCommas)).toEqual(['608', '4,267,008']);
});
