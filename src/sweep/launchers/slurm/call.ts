import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { UserError } from '../../../errors.js';

export interface Called {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Run one of Slurm's commands to completion.
 *
 * @param input text for its stdin
 * @throws UserError if it cannot be started
 */
export async function call(command: string, args: readonly string[], input = ''): Promise<Called> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  // It may exit before it has read all input.
  child.stdin.on('error', () => undefined).end(input);
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  try {
    const [ended, stdout, stderr] = await Promise.all([
      code,
      text(child.stdout),
      text(child.stderr),
    ]);
    return { code: ended, stdout, stderr: stderr.trim() };
  } catch (cause) {
    throw new UserError(
      `${command}: expected Slurm’s command, but it cannot be started (${(cause as Error).message}). Run bbits ` +
        'where sbatch and squeue are available, or use --launcher print.',
      1,
      { cause },
    );
  }
}

/** Run a command that must succeed. @throws UserError with its stderr otherwise */
export async function callOrFail(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await call(command, args);
  if (code === 0) return stdout;
  throw new UserError(
    `${command} ${args[0] ?? ''}: expected an answer from Slurm, found: ${stderr}`,
  );
}
