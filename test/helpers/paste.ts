import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { bin, type Ended } from './run-bbits.js';

/** Run the command at the end of an output line, as if the user pasted it into a shell. */
export function paste(output: string, before: string): Ended {
  const line = output.split('\n').find((text) => text.includes(before)) ?? '';
  expect(line, output).toContain(before);
  const command = line.slice(line.indexOf(before) + before.length);
  const script = `bbits() { '${process.execPath}' '${bin}' "$@"; }; ${command}`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}
