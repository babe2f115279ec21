import { describe, expect, test } from 'vitest';
import { costs, twoCosts } from '../../src/cli/report-arguments.js';

describe('costs', () => {
  test('are percentages, or bit operations with a prefix', () => {
    expect(costs('0.5,20M, 1.5 G')).toEqual([
      { unit: 'percent', value: 0.5 },
      { unit: 'bops', value: 2e7 },
      { unit: 'bops', value: 1.5e9 },
    ]);
    expect(twoCosts('5M,50M').map(({ value }) => value)).toEqual([5e6, 5e7]);
  });

  test.each(['', '0', '-1', '101', '20X', 'M', '1,', 'NaN'])('are not %j', (text) => {
    expect(() => costs(text)).toThrow('Expected percentages above 0');
  });

  test.each(['1', '2,1', '1,1', '1,50M', '1,2,3'])('as a range are not %j', (text) => {
    expect(() => twoCosts(text)).toThrow('the smaller one first');
  });
});
