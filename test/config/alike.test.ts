import { expect, test } from 'vitest';
import { alike } from '../../src/config/alike.js';

test.each([
  ['cvs', 'csv'],
  ['jsno', 'json'],
  ['ltaex', 'latex'],
  ['batch_size', 'batchSize'],
  ['xyz', undefined],
  ['', undefined],
])('%j is taken for a misspelled %s', (key, meant) => {
  expect(alike(key, ['json', 'csv', 'latex', 'batchSize', '32'])).toBe(meant);
});
