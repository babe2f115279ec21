import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { program } from '../../src/cli/main.js';
import { packedFiles } from '../../packaging/packed.js';
import { sources, textsOf } from './texts.js';

/** Commands in help texts and messages: at the start of a line, or after typical lead-ins. */
const inSources = /(?:^ *|[:(] |with |\[)bbits ([a-z][^'"`\n]*)/gm;
/** Commands on pages, which `codeOf` reduces to their code. */
const onPages = /^ *bbits ([a-z][^\n|#]*)/gm;

/** The code blocks and spans of a page, each on its own lines. */
function codeOf(page: string): string {
  const code = /^```\w*\n([\s\S]*?)^```|^ {4,}(.*)$|`([^`\n]+)`/gm;
  return [...page.matchAll(code)].map((parts) => parts.slice(1).join('')).join('\n');
}

const bbits = program();

/** The error in a command line, or undefined if the command and its options exist. */
function problemOf(line: string): string | undefined {
  let command: Command = bbits;
  const words = line.trim().split(/\s+/);
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word.replace(/[.,:;)]+$/, ''));
    if (next === undefined) break;
    command = next;
  }
  if (command === bbits) return `bbits ${line}: no command ${words[0] ?? ''}`;
  if (command.commands.length > 0 && command.registeredArguments.length === 0) {
    const word = words[depthOf(command)];
    if (word !== undefined && /^[a-z][a-z-]+$/.test(word))
      return `bbits ${line}: no command ${word}`;
  }
  const known = [...command.options, ...bbits.options].map(({ long }) => long);
  const unknown = (line.match(/(?<=\s)--[a-z][a-z-]*/g) ?? []).filter(
    (option) => option !== '--help' && !known.includes(option),
  );
  return unknown.length > 0 ? `bbits ${line}: no ${unknown.join(', ')}` : undefined;
}

/** Number of words after `bbits` that name a command. */
function depthOf({ parent }: Command): number {
  return parent === null ? 0 : depthOf(parent) + 1;
}

test('misspelled commands, subcommands and options are found', () => {
  for (const line of ['trian x.yaml', 'backend instal', 'backend install --gpu', 'runs --sorted']) {
    expect(problemOf(line)).toMatch(/: no /);
  }
});

const problemsIn = (texts: readonly string[], named: RegExp) => {
  const lines = texts.flatMap((text) => [...text.matchAll(named)].map(([, line = '']) => line));
  return { lines, problems: lines.map(problemOf).filter((problem) => problem !== undefined) };
};

test('each command in a help text or message exists, with its options', () => {
  const { lines, problems } = problemsIn(sources.map(textsOf), inSources);
  expect(lines.length).toBeGreaterThan(50);
  expect(problems).toEqual([]);
});

test('each command on a packed page exists, with its options', () => {
  const pages = packedFiles().filter((path) => path.endsWith('.md'));
  const { lines, problems } = problemsIn(
    pages.map((page) => codeOf(readFileSync(page, 'utf8'))),
    onPages,
  );
  expect(lines.length).toBeGreaterThan(100);
  expect(problems).toEqual([]);
});
