import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

/** The programs that documentation calls. */
const programs = 'bbits npm npx node docker python3 parallel mkdir id'.split(' ');

/**
 * The commands of a script, as words, in order; none of them runs. A real shell splits the script, so quotes,
 * comments, pipes and continued lines are interpreted as for a user.
 *
 * @param folder the shell's current folder, for patterns and redirections; default: an empty one
 */
export function commandsIn(script: string, folder?: string): string[][] {
  if (folder !== undefined) return splitIn(script, folder);
  const scratch = mkdtempSync(join(tmpdir(), 'bbits-commands-'));
  try {
    return splitIn(script, scratch);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function splitIn(script: string, folder: string): string[][] {
  const recorders = programs.map((name) => `${name}() { printf '%s\\0' "$#" ${name} "$@" >&3; }\n`);
  // PATH has no other programs.
  const { status, stderr, output } = spawnSync('/bin/sh', ['-c', recorders.join('') + script], {
    cwd: folder,
    env: { PATH: '/nonexistent', HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  expect({ status, stderr }, script).toEqual({ status: 0, stderr: '' });
  const words = (output[3] ?? '').split('\0');
  const commands: string[][] = [];
  for (let at = 0; at < words.length - 1;) {
    const end = at + 2 + Number(words[at]);
    commands.push(words.slice(at + 1, end));
    at = end;
  }
  return commands;
}
