import { spawn } from 'node:child_process';

export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** On abort, the child and its descendants are killed, and `run` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChildResult {
  /** Exit code; null if a signal ended the child. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Characters kept of each stream: enough for the last lines of an error. */
const keep = 100_000;
/** Time between SIGTERM and SIGKILL, in ms. */
const grace = 2_000;

/**
 * Run a command to its end, without a shell or input. Rejects only if it cannot be started (`code: 'ENOENT'`:
 * not found) or is aborted; a non-zero exit code is a result.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<ChildResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  // A process group of its own, so that its descendants (compiler passes, a shell's pip) can be killed too.
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] = (output[stream] + text).slice(-keep);
    });
  }
  const kill = (how: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, how);
    } catch {
      // The child has just ended.
    }
  };
  let code: number | null;
  let force: NodeJS.Timeout | undefined;
  const stop = () => {
    kill('SIGTERM');
    force = setTimeout(kill, grace, 'SIGKILL');
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
  } finally {
    clearTimeout(force);
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  return { code, ...output };
}

/** `run`; undefined if the command cannot be started. */
export async function tryRun(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<ChildResult | undefined> {
  try {
    return await run(command, args, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** `exit code 1`, or `killed by a signal`. */
export function howEnded({ code }: ChildResult): string {
  return code === null ? 'killed by a signal' : `exit code ${code}`;
}

/** The last informative lines, without pip's warnings, indented for an error message. */
export function lastLines(text: string, count = 8): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^(WARNING|DEPRECATION|\[notice\])/.test(line))
    .slice(-count)
    .map((line) => `  ${line}`)
    .join('\n');
}
