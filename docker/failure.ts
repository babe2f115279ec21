import { execFile, type ExecFileOptions } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Run a program for its effect; its output matters only if it fails.
 *
 * @returns why it failed, on one line; undefined if it succeeded
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
