import { wrap } from '../../text/wrap.js';

/** Minimum width of a description beside its term, in columns; otherwise it goes below. */
const leastRoom = 30;

/**
 * Wrap help to a width in columns: text is broken between words, a description stays beside its term or goes
 * below it, and a broken command still works when pasted.
 */
export function fitHelp(help: string, width: number): string {
  const lines: string[] = [];
  for (const line of paragraphs(help, width)) {
    if (line.length <= width) lines.push(line);
    else lines.push(...fitLine(line, width));
  }
  return lines.join('\n');
}

/** Split help into lines; rejoin continued commands, and paragraphs in which a line is too long. */
function paragraphs(help: string, width: number): string[] {
  const joined: string[] = [];
  let isTooLong = false;
  for (const line of help.split('\n')) {
    const before = joined.at(-1) ?? '';
    if (before.endsWith(' \\')) {
      joined[joined.length - 1] = `${before.slice(0, -2)} ${line.trim()}`;
      continue;
    }
    const goesOn = /^\S.*[^.:]$/.test(before) && /^\S/.test(line);
    isTooLong = line.length > width || (goesOn && isTooLong);
    if (goesOn && isTooLong) joined[joined.length - 1] = `${before} ${line}`;
    else joined.push(line);
  }
  return joined;
}

function fitLine(line: string, width: number): string[] {
  const [, indent = '', term = '', gap = '', description = ''] =
    /^( *)(.*?\S)(?:( {2,})(\S.*))?$/.exec(line) ?? [];
  const room = width - indent.length;
  if (description === '') {
    return (isCommand(term) ? wrapCommand(term, room) : wrap(term, room)).map(
      (part) => `${indent}${part}`,
    );
  }
  const column = indent.length + term.length + gap.length;
  const below = `${indent}    `;
  if (width - column < leastRoom) {
    return [...fitLine(`${indent}${term}`, width), ...indented(description, below, width)];
  }
  const [first = '', ...others] = indented(description, ' '.repeat(column), width);
  return [`${indent}${term}${gap}${first.trimStart()}`, ...others];
}

function indented(text: string, indent: string, width: number): string[] {
  return wrap(text, width - indent.length).map((line) => `${indent}${line}`);
}

function isCommand(text: string): boolean {
  return text.startsWith('bbits ');
}

/** Wrap a shell command; quoted words stay whole. */
function wrapCommand(command: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of command.match(/(?:'[^']*'|[^\s'])+/g) ?? []) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= width - 2) lines[lines.length - 1] = longer;
    else lines.push(lines.length === 0 ? word : `  ${word}`);
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}
