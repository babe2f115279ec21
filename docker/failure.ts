import { execFile, type ExecFileOptions } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs a program for what it does, not for what it says.
 *
 * @returns why it failed, in a line; undefined: it did not.
 */
export async function failureOf(
  program: string,
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<string | undefined> {
  try {
    await run(program, args, { ...options, maxBuffer: 2 ** 26 });
    return undefined;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') return `no ${program} command`;
    const said = stderr?.trim().split('\n').at(-1);
    return said !== undefined && said !== '' ? said : `${program} failed (${String(code)})`;
  }
}
