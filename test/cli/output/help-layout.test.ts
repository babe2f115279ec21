import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fitHelp } from '../../../src/cli/output/help-layout.js';
import { hasTerminals, screenOf, startInTerminal } from '../../helpers/terminal.js';

const help = `Usage: bbits do [options]

Options:
  --out <folder>  a new or empty folder, which is made where it is not there yet

One text in two lines, of which the first is long
enough, goes on as one.

Examples:
  bbits do 'a={b: 1, c: 2}' --with many words --more    What it does`;

test('text breaks between words, and descriptions go below their terms', () => {
  expect(fitHelp(help, 80)).toBe(help);
  expect(fitHelp(help, 50)).toBe(`Usage: bbits do [options]

Options:
  --out <folder>  a new or empty folder, which is
                  made where it is not there yet

One text in two lines, of which the first is long
enough, goes on as one.

Examples:
  bbits do 'a={b: 1, c: 2}' --with many words \\
    --more
      What it does`);
  expect(fitHelp(help, 30)).toContain(`
  --out <folder>
      a new or empty folder,
      which is made where it
      is not there yet

One text in two lines, of
which the first is long
enough, goes on as one.
`);
});

test('a command broken over lines is the same when pasted', () => {
  const command = `echo 'a={b: 1, c: 2}' --with many words --more`;
  const [, example = ''] = fitHelp(`Examples:\n  ${command.replace('echo', 'bbits')}`, 24).split(
    ':\n',
  );
  const pasted = execFileSync('sh', ['-c', example.replace('bbits', 'echo')], { encoding: 'utf8' });
  expect(pasted).toBe('a={b: 1, c: 2} --with many words --more\n');
});

const commands = [
  [],
  ['train'],
  ['sweep'],
  ['runs'],
  ['inspect'],
  ['sensitivity'],
  ['backend', 'install'],
];

test.runIf(hasTerminals).each(commands)(
  'the help of %s %s fits into a terminal of 40 columns',
  async (...words) => {
    const { written } = await startInTerminal([...words, '--help'], { columns: 40 }).ended;
    // A line too long for the terminal takes two lines of the screen.
    const lines = written.replaceAll('\r', '').split('\n');
    // Only lines of one quoted word may be too long.
    const tooLong = lines.filter((line) => line.length > 40 && line.trim().includes(' '));
    expect(tooLong.filter((line) => !/^ *'[^']*'( \\)?$/.test(line))).toEqual([]);
    expect(screenOf(written, 40).join('')).toContain('Options:');
  },
);
