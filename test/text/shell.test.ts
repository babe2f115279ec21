import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { shell, shellWord, shellLine } from '../../src/text/shell.js';

/** The words that a shell parses from a line. */
function wordsOf(line: string): string[] {
  const script = `for word in ${line}; do printf '%s\\0' "$word"; done`;
  const { stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\0').slice(0, -1);
}

describe('a value in a command', () => {
  test.each([
    ['results/quickstart-seed1', 'results/quickstart-seed1'],
    ['mu=0.05', 'mu=0.05'],
    ['results/my exp', "'results/my exp'"],
    ["it's", String.raw`'it'\''s'`],
    ['', "''"],
    ['-x', './-x'],
    ['~', "'~'"],
    ['a\u001b[2J', String.raw`"$(printf 'a\033\1332J')"`],
  ])('%j', (value, written) => {
    expect(shell`bbits resume ${value} --extend 3`).toBe(`bbits resume ${written} --extend 3`);
  });

  test('is parsed back by a shell unchanged, whatever it contains', () => {
    const special = fc.constantFrom(
      ...Array.from(' \'"`$*?[]{}()<>|&;#~!\\%=-\t\u001b\u00a0\u202eé😀'),
    );
    const text = fc
      .string({ unit: fc.oneof(special, fc.string({ maxLength: 1 })), maxLength: 12 })
      // Command substitution drops trailing newlines.
      .filter((value) => !/\n$|\0/.test(value) && !value.startsWith('-'));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), (values) => {
        const line = values.map(shellWord).join(' ');
        expect(wordsOf(line)).toEqual(values);
        expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 30 },
    );
  });
});

test('the options of a command stay unchanged, and each value is one word', () => {
  const words = ['bbits', 'sweep', 'my sweep.yaml', '--out', '-odd', '--jobs', '2'];
  expect(shellLine(words)).toBe("bbits sweep 'my sweep.yaml' --out ./-odd --jobs 2");
});
