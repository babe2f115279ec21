import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { whenDone } from './when-done.js';

/** The real program, built by `npm run build`. */
export const bin = fileURLToPath(new URL('../../bin/bbits.js', import.meta.url));

export interface Ended {
  /** Exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  /** Resolve once it has written the text to stdout or stderr. */
  says(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Close the pipes that it writes to, as `| head` or a closed terminal does. */
  stopReading(): void;
  readonly ended: Promise<Ended>;
}

/** Start the real program; it is killed if it outlives the test. */
export function startBbits(args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Running {
  return startNode([bin, ...args], env, cwd);
}

/** Start Node with these arguments; it is killed if it outlives the test. */
export function startNode(args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Running {
  const child = spawn(process.execPath, args, {
    env,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  whenDone(() => child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      resolve({ code, ...output });
    });
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!(output.stdout + output.stderr).includes(text)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      ended.then(({ stderr }) => {
        reject(new Error(`It ended without saying "${text}": ${stderr}`));
      }, reject);
    });
  const stopReading = () => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  return { pid: child.pid ?? 0, says, kill: (signal) => child.kill(signal), stopReading, ended };
}

/** Run the real program to its end. */
export function bbits(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<Ended> {
  return startBbits(args, env, cwd).ended;
}
