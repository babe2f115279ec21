import { expect, onTestFinished, test, vi } from 'vitest';
import { note } from '../../../src/cli/output/say.js';
import { bbits } from '../../helpers/run-bbits.js';

test('a note’s text is escaped, its own color is not', () => {
  let written = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
  onTestFinished(() => {
    spy.mockRestore();
  });
  note('a\u001b[2Jb\rc\u0007\u009b1m\u202e\ntwo');
  expect(written).toBe('a\\u{1b}[2Jb\\u{d}c\\u{7}\\u{9b}1m\\u{202e}\ntwo\n');
  written = '';
  note('\u001b', (text) => `<${text}>`);
  expect(written).toBe('<\\u{1b}>\n');
});

test('an error’s text is escaped too', async () => {
  const { code, stderr } = await bbits(['resume', 'no\u001b[2Jrun'], process.env);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^no\\u\{1b\}\[2Jrun.* found no such file/);
});
