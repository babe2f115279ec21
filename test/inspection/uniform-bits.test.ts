import { expect, test } from 'vitest';
import { formatUniformBits, parseUniformBits } from '../../src/inspection/uniform-bits.js';
import { userError } from '../helpers/temporary-folder.js';

test.each(['w2a2', 'w4a8', 'w8a4', 'w16a32', 'w32a32'])('%s is read and written', (text) => {
  expect(formatUniformBits(parseUniformBits(text, '--bits'))).toBe(text);
});

test.each(['', '8', 'w8', 'a8', 'w8a', 'w8a8 ', 'W8A8', 'w08a8', 'w3a8', 'w8a64', 'w1a1', 'a8w8'])(
  '"%s" is refused',
  async (text) => {
    expect(await userError(() => parseUniformBits(text, '--bits'))).toBe(
      `--bits: found "${text}", expected wXaY with X bits for weights and Y for activations, each ` +
        'one of 2, 4, 8, 16, 32. For example: --bits w4a8',
    );
  },
);
