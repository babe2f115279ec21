import { expect, test } from 'vitest';
import { formatBytes } from '../../src/text/bytes.js';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [62_084, '62.1 kB'],
  [274e6, '274 MB'],
  [999.6e6, '1.00 GB'],
  [3.382e9, '3.38 GB'],
])('formats %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
